import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { assertNever, SidetapError } from '../errors.ts';
import { harEntryJson } from '../export/har-write.ts';
import { safeName, timeName } from '../interchange/file-names.ts';
import { postmanFrame, postmanItem } from '../interchange/postman.ts';
import { hasMarkdown, rrpairMarkdown } from '../interchange/rrpair-markdown.ts';
import { rrpairHost, rrpairJson, toRRPair } from '../interchange/rrpair-write.ts';
import { limits } from '../limits.ts';
import { Masker } from '../redact/mask.ts';
import { maskRecord } from '../redact/record.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { partOf, writeProblem } from './places.ts';
import { openSelected } from './selected.ts';
import type { TaskHost, WriteResult, WriteTask } from './tasks.ts';

/** Takes pairs, one after the other. */
interface Output {
  add: (record: PairRecord) => { written: boolean; masked: number };
  /** Puts it where it belongs. */
  finish: () => { files: number; bytes: number };
  /** Leaves nothing behind. */
  abandon: () => void;
}

/** Writes pairs in a format that other programs read. What it makes appears whole or not at all. */
export async function write(task: WriteTask, host: TaskHost): Promise<WriteResult> {
  const { from, path } = task;
  const masker = task.masking === null ? null : new Masker(task.masking);
  const pairs = openSelected(from);
  let output: Output | null = null;
  try {
    output = outputFor(task, masker);
    const result: WriteResult = { pairs: 0, files: 0, bytes: 0, left: 0, masked: 0 };
    let done = 0;
    for (const record of pairs.records()) {
      host.progress(done, pairs.total);
      done += 1;
      if (record === undefined) continue;
      const { written, masked } = output.add(record);
      if (written) result.pairs += 1;
      else result.left += 1;
      result.masked += masked;
    }
    host.progress(done, pairs.total);
    return { ...result, ...output.finish() };
  } catch (error) {
    output?.abandon();
    throw writeProblem(error, path);
  } finally {
    pairs.close();
  }
}

function outputFor({ format, path, version }: WriteTask, masker: Masker | null): Output {
  switch (format) {
    case 'har': {
      const creator = JSON.stringify({ name: 'Sidetap', version });
      const before = `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[`;
      return document(path, { before, after: '\n]}}\n' }, (record) => harEntryJson(record, masker !== null), masker);
    }
    case 'postman':
      return document(path, postmanFrame('Sidetap'), postmanItem, masker);
    case 'rrpair':
    case 'rrpair-json':
      return folder(path, format, masker);
    default:
      return assertNever(format);
  }
}

/** One file of many entries. */
function document(
  path: string,
  { before, after }: { before: string; after: string },
  entryOf: (record: PairRecord) => string | null,
  masker: Masker | null,
): Output {
  const part = partOf(path);
  const file = openSync(part, 'wx', 0o600);
  let open = true;
  let held = before;
  let first = true;
  const put = (text: string): void => {
    held += text;
    if (held.length < limits.exportPieceChars) return;
    writeAll(file, Buffer.from(held));
    held = '';
  };
  return {
    add(record) {
      const out = masker === null ? { record, findings: [] } : maskRecord(record, masker);
      const entry = entryOf(out.record);
      if (entry === null) return { written: false, masked: 0 };
      put(first ? '\n' : ',\n');
      first = false;
      put(entry);
      return { written: true, masked: out.findings.reduce((sum, { count }) => sum + count, 0) };
    },
    finish() {
      writeAll(file, Buffer.from(held + after));
      fsyncSync(file);
      closeSync(file);
      open = false;
      renameSync(part, path);
      return { files: 1, bytes: statSync(path).size };
    },
    abandon() {
      if (open) closeSync(file);
      rmSync(part, { force: true });
    },
  };
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** A folder with a folder per host and a file per pair. */
function folder(path: string, format: 'rrpair' | 'rrpair-json', masker: Masker | null): Output {
  if (existsSync(path) && (!statSync(path).isDirectory() || readdirSync(path).length > 0)) {
    throw new SidetapError('export-failed', `${path} is there already, and RRPairs need a folder of their own. Name another one.`);
  }
  const part = partOf(path);
  mkdirSync(part, { mode: 0o700 });
  const hosts = new Map<string, string>();
  let files = 0;
  let bytes = 0;
  return {
    add(record) {
      const out = masker === null ? { record, findings: [] } : maskRecord(record, masker);
      const pair = toRRPair(out.record, masker !== null);
      const markdown = format === 'rrpair' && hasMarkdown(pair);
      const text = markdown ? rrpairMarkdown(pair) : rrpairJson(pair);
      const name = timeName(record.startedAtMicros);
      bytes += writeNew(inHost(part, rrpairHost(pair), hosts), name, markdown ? 'md' : 'json', record.id, text);
      files += 1;
      return { written: true, masked: out.findings.reduce((sum, { count }) => sum + count, 0) };
    },
    finish() {
      if (existsSync(path)) rmdirSync(path);
      renameSync(part, path);
      return { files, bytes };
    },
    abandon() {
      rmSync(part, { recursive: true, force: true });
    },
  };
}

/** Hosts that are remembered; a capture may have any number. */
const REMEMBERED_HOSTS = 10_000;

function inHost(part: string, host: string, known: Map<string, string>): string {
  const found = known.get(host);
  if (found !== undefined) return found;
  const made = join(part, safeName(host));
  mkdirSync(made, { recursive: true, mode: 0o700 });
  if (known.size < REMEMBERED_HOSTS) known.set(host, made);
  return made;
}

/** Two pairs of one host may begin in the same microsecond; then the id tells them apart. */
function writeNew(folder: string, name: string, extension: string, id: number, text: string): number {
  const bytes = Buffer.from(text);
  let file: number;
  try {
    file = openSync(join(folder, `${name}.${extension}`), 'wx', 0o600);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    file = openSync(join(folder, `${name}-${String(id)}.${extension}`), 'wx', 0o600);
  }
  try {
    writeAll(file, bytes);
  } finally {
    closeSync(file);
  }
  return bytes.length;
}
