import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePrivateFolder } from './private-folder.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'sidetap-folder-'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('makes what is missing, for the owner only, and can be asked again', () => {
  const folder = path.join(root, 'a', 'b');
  makePrivateFolder(folder);
  makePrivateFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(root, 'a')).mode & 0o777).toBe(0o700);
});

test('throws where none can be made', () => {
  writeFileSync(path.join(root, 'file'), '');
  expect(() => makePrivateFolder(path.join(root, 'file', 'x'))).toThrow(/ENOTDIR|EEXIST/);
});

test.runIf(process.platform === 'linux')('throws, and does not try for ever, in a file system that takes no folders', () => {
  expect(() => makePrivateFolder('/proc/sidetap')).toThrow(/ENOENT/);
});
