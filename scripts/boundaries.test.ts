import { expect, test } from 'vitest';
import { violations, violationsIn } from './boundaries.ts';

function objections(file: string, source: string): string[] {
  return violationsIn(file, source).map((violation) => violation.text);
}

test('the repository keeps its own rules', () => {
  expect(violations()).toEqual([]);
});

test.each([
  ['proxy-core/wire/http1/decoder.ts', "import { connect } from 'node:net';", 'proxy-core/wire may not import node:net'],
  [
    'proxy-core/wire/http1/decoder.ts',
    "import type { Store } from '../../store/store.ts';",
    'proxy-core/wire may not import proxy-core/store/store.ts',
  ],
  ['proxy-core/rrpair/pair.ts', "export { x } from '../errors.ts';", 'proxy-core/rrpair may not import proxy-core/errors.ts'],
  [
    'proxy-core/replay/run.ts',
    "import {\n  a,\n  b,\n} from '../capture/pump.ts';",
    'proxy-core/replay may not import proxy-core/capture/pump.ts',
  ],
  ['proxy-core/engine.ts', "import { app } from 'electron';", 'proxy-core may not import electron'],
  ['proxy-core/api/server.ts', "const React = await import('react');", 'proxy-core/api may not import react'],
  ['renderer/list/row.tsx', "import fs from 'node:fs';", 'renderer may not import node:fs'],
  [
    'renderer/list/row.tsx',
    "import { x } from '../../proxy-core/store/store.ts';",
    'renderer may not import proxy-core/store/store.ts',
  ],
  ['electron/main.ts', "import { Engine } from '../proxy-core/engine.ts';", 'electron may not import proxy-core/engine.ts'],
  ['electron/main.ts', "import '../renderer/main.tsx';", 'electron may not import renderer/main.tsx'],
  ['cli/main.ts', "import { shell } from 'electron/main';", 'cli may not import electron/main'],
  ['somewhere/new.ts', '', 'no rule says what this folder may import'],
])('%s: %s', (file, source, objection) => {
  expect(objections(file, source)).toEqual([objection]);
});

test('what the rules allow passes', () => {
  expect(
    objections('proxy-core/wire/http1/decoder.ts', "import { limits } from '../../limits.ts';\nimport x from './head.ts';"),
  ).toEqual([]);
  expect(
    objections('electron/main.ts', "import { app } from 'electron';\nimport { y } from '../proxy-core/api/client.ts';"),
  ).toEqual([]);
});

test('the line of the import is told', () => {
  expect(violationsIn('proxy-core/wire/a.ts', "import a from './a.ts';\n\nimport {\n  b,\n} from 'node:fs';\n")).toEqual([
    { file: 'proxy-core/wire/a.ts', line: 5, text: 'proxy-core/wire may not import node:fs' },
  ]);
});
