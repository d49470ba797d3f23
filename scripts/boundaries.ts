import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isMain, root } from './lib/paths.ts';

/**
 * The house's rules on imports, as data, and a check of every source against them. A folder's name says where its code runs or what it
 * knows; imports point downwards only. Tests may import what they need.
 */

interface Rule {
  /** Folder or file the rule is for. The longest one that fits a file counts. */
  room: string;
  /** Folders and files of the repository that it may import, itself excepted. */
  mayImport: readonly string[];
  /** Node's own modules: all, none, or those named. */
  node: 'all' | 'none' | readonly string[];
  /** Packages that must not be imported, beside those that no room but their own may have. */
  forbid?: readonly string[];
  /** The packages of the desktop shell or the window that only this room may import. */
  only?: readonly string[];
}

/** Whoever writes into the data directory. */
const FOLDERS = 'proxy-core/private-folder.ts';

/** Everyone may import these: the model, its limits and its errors. */
const COMMON = ['proxy-core/rrpair', 'proxy-core/errors.ts', 'proxy-core/limits.ts'];

/** The rooms that the API's operations are made of. */
const BELOW_API = [
  'capture',
  'tls',
  'store',
  'filter',
  'export',
  'import',
  'replay',
  'redact',
  'detect',
  'doctor',
  'demo',
  'wire',
  'docker',
  'transfer',
  'keep',
  'launch',
  'protos',
].map((room) => `proxy-core/${room}`);

/** Node's modules that compute and do no I/O. */
const PURE_NODE = ['node:buffer', 'node:crypto', 'node:util', 'node:zlib'];

/** The engine knows nothing of Electron, React or the DOM, and neither does the command. */
const WINDOW_PACKAGES = [
  'electron',
  'react',
  'react-dom',
  'zustand',
  'lucide-react',
  '@base-ui',
  '@tanstack',
  '@codemirror',
  'jsdom',
];

export const rules: readonly Rule[] = [
  {
    room: 'electron',
    mayImport: [
      'proxy-core/api/client.ts',
      'proxy-core/api/contract.ts',
      'proxy-core/api/node-client.ts',
      'proxy-core/api/process-messages.ts',
      'proxy-core/rrpair',
    ],
    node: 'all',
    only: ['electron'],
  },
  {
    room: 'renderer',
    // The filter's fields are data: what can be completed and explained while somebody types.
    mayImport: ['proxy-core/api/client.ts', 'proxy-core/api/contract.ts', 'proxy-core/filter/fields.ts', ...COMMON],
    node: 'none',
    only: WINDOW_PACKAGES.slice(1),
  },
  { room: 'renderer/vite.config.ts', mayImport: ['proxy-core/api/static.ts'], node: 'all' },
  { room: 'cli', mayImport: ['proxy-core'], node: 'all' },
  { room: 'scripts', mayImport: [], node: 'all', only: ['electron'] },
  { room: 'bench', mayImport: ['proxy-core', 'scripts/lib', 'test/docker/support', 'e2e/support/servers.ts'], node: 'all' },
  {
    room: 'e2e',
    mayImport: [
      'proxy-core/api',
      'proxy-core/rrpair',
      'scripts/lib',
      'test/docker/support',
      'test/capture/support.ts',
      'test/wire/support/kafka-broker.ts',
      'test/support/say.ts',
    ],
    node: 'all',
    only: ['electron'],
  },
  { room: 'test', mayImport: ['proxy-core', 'cli', 'scripts', 'e2e', 'electron'], node: 'all' },

  { room: 'proxy-core', mayImport: ['proxy-core'], node: 'all' },
  { room: 'proxy-core/rrpair', mayImport: [], node: 'none' },
  { room: 'proxy-core/errors.ts', mayImport: [], node: 'none' },
  { room: 'proxy-core/limits', mayImport: [], node: 'none' },
  { room: 'proxy-core/limits.ts', mayImport: ['proxy-core/limits'], node: 'none' },
  { room: 'proxy-core/small-young-generation.ts', mayImport: [], node: 'all' },
  { room: 'proxy-core/private-folder.ts', mayImport: [], node: 'all' },
  { room: 'proxy-core/wire', mayImport: COMMON, node: PURE_NODE },
  { room: 'proxy-core/filter', mayImport: COMMON, node: PURE_NODE },
  // A user's regular expression has a limit of time, which only a context of V8 gives it.
  { room: 'proxy-core/redact', mayImport: [...COMMON, 'proxy-core/wire'], node: [...PURE_NODE, 'node:vm'] },
  { room: 'proxy-core/detect', mayImport: [...COMMON, 'proxy-core/wire'], node: PURE_NODE },
  { room: 'proxy-core/correlate', mayImport: COMMON, node: PURE_NODE },
  { room: 'proxy-core/tls', mayImport: [...COMMON, FOLDERS], node: 'all' },
  {
    room: 'proxy-core/store',
    mayImport: [
      ...COMMON,
      'proxy-core/give-back.ts',
      FOLDERS,
      'proxy-core/wire',
      'proxy-core/filter',
      'proxy-core/detect',
      'proxy-core/correlate',
    ],
    node: 'all',
  },
  {
    room: 'proxy-core/capture',
    mayImport: [...COMMON, 'proxy-core/wire', 'proxy-core/tls', 'proxy-core/store', 'proxy-core/koffi.ts'],
    node: 'all',
  },
  {
    room: 'proxy-core/export',
    mayImport: [...COMMON, 'proxy-core/wire', 'proxy-core/store', 'proxy-core/detect', 'proxy-core/redact'],
    node: PURE_NODE,
  },
  {
    room: 'proxy-core/interchange',
    mayImport: [...COMMON, 'proxy-core/wire'],
    node: PURE_NODE,
  },
  {
    room: 'proxy-core/transfer',
    mayImport: [
      ...COMMON,
      FOLDERS,
      'proxy-core/wire',
      'proxy-core/store',
      'proxy-core/redact',
      'proxy-core/export',
      'proxy-core/replay',
      'proxy-core/interchange',
    ],
    node: 'all',
  },
  { room: 'proxy-core/keep', mayImport: [...COMMON, FOLDERS, 'proxy-core/redact'], node: 'all' },
  {
    room: 'proxy-core/protos',
    mayImport: [...COMMON, FOLDERS, 'proxy-core/wire', 'proxy-core/keep/json-file.ts', 'proxy-core/store/proto-names.ts'],
    node: 'all',
  },
  { room: 'proxy-core/import', mayImport: COMMON, node: PURE_NODE },
  { room: 'proxy-core/replay', mayImport: [...COMMON, 'proxy-core/wire', 'proxy-core/store', 'proxy-core/detect'], node: 'all' },
  {
    room: 'proxy-core/doctor',
    mayImport: [...COMMON, FOLDERS, 'proxy-core/tls', 'proxy-core/capture/port-holder.ts'],
    node: 'all',
  },
  { room: 'proxy-core/launch', mayImport: [...COMMON, FOLDERS, 'proxy-core/tls'], node: 'all' },
  { room: 'proxy-core/demo', mayImport: [...COMMON, 'proxy-core/tls'], node: 'all' },
  { room: 'proxy-core/link', mayImport: COMMON, node: PURE_NODE },
  {
    room: 'proxy-core/agent',
    mayImport: [
      ...COMMON,
      'proxy-core/give-back.ts',
      'proxy-core/koffi.ts',
      'proxy-core/version.ts',
      'proxy-core/small-young-generation.ts',
      'proxy-core/link',
      'proxy-core/capture',
      'proxy-core/wire',
      'proxy-core/tls',
      'proxy-core/store/batch.ts',
      'proxy-core/store/store.ts',
    ],
    node: 'all',
  },
  {
    room: 'proxy-core/docker',
    mayImport: [
      ...COMMON,
      FOLDERS,
      'proxy-core/version.ts',
      'proxy-core/link',
      'proxy-core/tls',
      'proxy-core/store',
      'proxy-core/capture',
    ],
    node: 'all',
  },
  { room: 'proxy-core/api', mayImport: [...COMMON, 'proxy-core/version.ts', ...BELOW_API], node: 'all' },
  { room: 'proxy-core/api/process-messages.ts', mayImport: COMMON, node: 'none' },
  { room: 'proxy-core/version.ts', mayImport: ['package.json'], node: 'none' },
  // The window reads the contract too, so it must not pull in anything of Node.
  {
    room: 'proxy-core/api/contract.ts',
    mayImport: [
      ...COMMON,
      'proxy-core/api/contract-keeping.ts',
      'proxy-core/api/contract-marks.ts',
      'proxy-core/api/contract-launch.ts',
      'proxy-core/api/contract-sending.ts',
    ],
    node: 'none',
  },
  { room: 'proxy-core/api/contract-launch.ts', mayImport: COMMON, node: 'none' },
  { room: 'proxy-core/api/contract-sending.ts', mayImport: COMMON, node: 'none' },
  { room: 'proxy-core/api/contract-keeping.ts', mayImport: COMMON, node: 'none' },
  { room: 'proxy-core/api/contract-marks.ts', mayImport: COMMON, node: 'none' },
  { room: 'proxy-core/api/client.ts', mayImport: ['proxy-core/api/contract.ts', ...COMMON], node: 'none' },
];

export interface Violation {
  file: string;
  line: number;
  text: string;
}

/** Violations in one source, whose path is relative to the top folder, with forward slashes. */
export function violationsIn(file: string, source: string): Violation[] {
  const rule = ruleFor(file);
  if (rule === null) return [{ file, line: 1, text: 'no rule says what this folder may import' }];
  const found: Violation[] = [];
  for (const { specifier, line } of importsOf(source)) {
    const text = objectionTo(rule, file, specifier);
    if (text !== null) found.push({ file, line, text });
  }
  return found;
}

/** All violations in the repository. */
export function violations(): Violation[] {
  return sources().flatMap((file) => violationsIn(file, readFileSync(join(root, file), 'utf8')));
}

function sources(): string[] {
  const folders = [...new Set(rules.map((rule) => rule.room.split('/')[0]))].join(',');
  return globSync(`{${folders}}/**/*.{ts,tsx}`, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/\.test\.tsx?$|\.d\.ts$|node_modules/.test(path))
    .toSorted();
}

function ruleFor(file: string): Rule | null {
  const fitting = rules.filter((rule) => isInside(file, rule.room));
  return fitting.toSorted((a, b) => b.room.length - a.room.length)[0] ?? null;
}

function objectionTo(rule: Rule, file: string, specifier: string): string | null {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''));
    if ([rule.room, ...rule.mayImport].some((room) => isInside(target, room))) return null;
    return `${rule.room} may not import ${target}`;
  }
  if (specifier.startsWith('node:')) {
    const allowed = rule.node === 'all' || (rule.node !== 'none' && rule.node.includes(specifier));
    return allowed ? null : `${rule.room} may not import ${specifier}`;
  }
  const forbidden = WINDOW_PACKAGES.find((name) => isInside(specifier, name));
  if (forbidden === undefined || rule.only?.includes(forbidden)) return null;
  return `${rule.room} may not import ${specifier}`;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

const IMPORTS = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])(?<specifier>[^'"]+)\1/gm,
  /^\s*import\s*(['"])(?<specifier>[^'"]+)\1/gm,
  /\b(?:import|require)\(\s*(['"])(?<specifier>[^'"]+)\1/g,
];

function importsOf(source: string): Array<{ specifier: string; line: number }> {
  return IMPORTS.flatMap((pattern) =>
    [...source.matchAll(pattern)].map((match) => ({
      specifier: match.groups?.['specifier'] ?? '',
      line: source.slice(0, match.index + match[0].length).split('\n').length,
    })),
  );
}

if (isMain(import.meta.url)) {
  const found = violations();
  for (const { file, line, text } of found) console.log(`${file}:${line}: ${text}`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
