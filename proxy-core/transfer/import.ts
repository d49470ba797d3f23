import { closeSync, createReadStream, lstatSync, opendirSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { messageOf, SidetapError } from '../errors.ts';
import { fromHarEntry } from '../interchange/har-read.ts';
import { JsonElements } from '../interchange/json-elements.ts';
import { Malformed } from '../interchange/malformed.ts';
import { readMarkdown } from '../interchange/rrpair-markdown.ts';
import { fromRRPair, type ImportContext } from '../interchange/rrpair-read.ts';
import { limits } from '../limits.ts';
import { type JsonValue, parseExact } from '../rrpair/exact-json.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { RecordSource } from '../store/record-source.ts';
import { openSnapshotFile } from '../store/schema.ts';
import { foreignRecord } from './foreign-record.ts';
import { ImportTarget } from './import-target.ts';
import { writeProblem } from './places.ts';
import { Cancelled, type ImportResult, type ImportTask, type TaskHost } from './tasks.ts';

/** Reads files and folders into the store, or into a snapshot. What cannot be read is named and counted; the rest goes on. */
export async function importFiles(task: ImportTask, host: TaskHost): Promise<ImportResult> {
  const work = new Import(task, host);
  try {
    return await work.run();
  } catch (error) {
    work.abandon();
    throw writeProblem(error, task.snapshot?.path ?? 'the store');
  }
}

interface Found {
  path: string;
  bytes: number;
  /** It was named, not met in a folder: one that holds nothing for us is a problem then. */
  named: boolean;
}

class Import {
  readonly #task: ImportTask;
  readonly #host: TaskHost;
  readonly #target: ImportTarget;
  readonly #result: ImportResult = { pairs: 0, files: 0, problems: [], problemCount: 0 };
  #done = 0;
  #total = 0;

  constructor(task: ImportTask, host: TaskHost) {
    this.#task = task;
    this.#host = host;
    this.#target = new ImportTarget(task.snapshot, host);
  }

  async run(): Promise<ImportResult> {
    const files: Found[] = [];
    for (const path of this.#task.paths) this.#find(path, true, files);
    this.#total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const file of files) {
      const pairs = this.#result.pairs;
      const before = this.#done;
      try {
        await this.#read(file);
      } catch (error) {
        if (!isAboutFile(error)) throw error;
        this.#problem(file.path, '', sentenceOf(error));
      }
      if (this.#result.pairs > pairs) this.#result.files += 1;
      this.#done = before + file.bytes;
      this.#progress();
    }
    await this.#target.finish();
    return this.#result;
  }

  abandon(): void {
    this.#target.abandon();
  }

  #progress(): void {
    this.#host.progress(Math.min(this.#done, this.#total), this.#total);
  }

  /** Links are not followed out of a folder: it may come from anybody. */
  #find(path: string, named: boolean, files: Found[]): void {
    const facts = named ? statSync(path, { throwIfNoEntry: false }) : lstatSync(path, { throwIfNoEntry: false });
    if (facts === undefined) {
      this.#problem(path, '', 'There is no such file.');
    } else if (facts.isDirectory()) {
      const folder = opendirSync(path);
      const names: string[] = [];
      try {
        for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) names.push(entry.name);
      } finally {
        folder.closeSync();
      }
      // In the order of their names, which is that of time.
      for (const name of names.toSorted()) {
        this.#host.progress(0, 0);
        if (files.length >= limits.importFiles) throw tooMany();
        if (!name.startsWith('.')) this.#find(join(path, name), false, files);
      }
    } else if (facts.isFile()) files.push({ path, bytes: facts.size, named });
    else if (named) this.#problem(path, '', 'It is neither a file nor a folder.');
  }

  async #read(file: Found): Promise<void> {
    const { path } = file;
    const beginning = readBeginning(path);
    if (beginning.subarray(0, 15).toString('latin1') === 'SQLite format 3') return this.#readSnapshot(path);
    const text = beginning
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trimStart();
    if (/^### /m.test(text) && text.includes('### REQUEST ###')) return this.#readMarkdown(file);
    if (text.startsWith('{')) {
      if (/^\{\s*"log"\s*:/.test(text) || extname(path).toLowerCase() === '.har')
        return this.#readList(path, ['log', 'entries'], fromHarEntry);
      return this.#readRRPairs(file, text);
    }
    if (text.startsWith('[')) return this.#readList(path, [], fromRRPair);
    if (file.named || /^\.(?:md|json|har|sidetap|jsonl|ndjson)$/i.test(extname(path))) {
      // A README in a folder of RRPairs is not one.
      if (!file.named && extname(path).toLowerCase() === '.md' && !text.includes('### ')) return undefined;
      throw new Malformed('it is neither a HAR, nor an RRPair, nor a file of Sidetap');
    }
    return undefined;
  }

  async #readMarkdown({ path, bytes }: Found): Promise<void> {
    if (bytes > limits.importedPairBytes) throw new Malformed('it is larger than a pair may be');
    const pair = readMarkdown(readFileSync(path, 'utf8'));
    await this.#add(path, '', (context) => fromRRPair(pair, context));
  }

  /** One object, or one a line. */
  async #readRRPairs({ path, bytes }: Found, beginning: string): Promise<void> {
    const firstLine = beginning.slice(0, Math.max(beginning.indexOf('\n'), 0));
    if (isJson(firstLine)) return this.#readLines(path);
    if (bytes > limits.importedPairBytes) throw new Malformed('it is larger than a pair may be');
    const pair = parsed(readFileSync(path, 'utf8'));
    return this.#add(path, '', (context) => fromRRPair(pair, context));
  }

  async #readLines(path: string): Promise<void> {
    let number = 0;
    let rest: Buffer[] = [];
    let bytes = 0;
    const line = async (parts: Buffer[]): Promise<void> => {
      number += 1;
      const place = `line ${String(number)}`;
      if (bytes > limits.importedPairBytes) return this.#problem(path, place, 'It is larger than a pair may be.');
      const text = Buffer.concat(parts).toString('utf8').trim();
      if (text !== '') await this.#add(path, place, (context) => fromRRPair(parsed(text), context));
      return undefined;
    };
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        bytes += at - from;
        await line([...rest, chunk.subarray(from, at)]);
        rest = [];
        bytes = 0;
        from = at + 1;
      }
      bytes += chunk.length - from;
      if (bytes <= limits.importedPairBytes) rest.push(chunk.subarray(from));
      else rest = [];
      this.#done += chunk.length;
      this.#progress();
    }
    if (bytes > 0) await line(rest);
  }

  async #readList(
    path: string,
    list: readonly string[],
    read: (value: JsonValue, context: ImportContext) => PairRecord,
  ): Promise<void> {
    const elements: { bytes: Buffer | null; index: number }[] = [];
    const scanner = new JsonElements(list, (bytes, index) => elements.push({ bytes, index }));
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
      scanner.push(chunk);
      for (const { bytes, index } of elements.splice(0)) {
        const place = `entry ${String(index + 1)}`;
        if (bytes === null) this.#problem(path, place, 'It is larger than a pair may be.');
        else await this.#add(path, place, (context) => read(parsed(bytes.toString('utf8')), context));
      }
      this.#done += chunk.length;
      this.#progress();
    }
    if (!scanner.found) throw new Malformed(list.length === 0 ? 'it holds no list' : 'it is JSON without a list of log.entries');
    if (!scanner.whole) this.#problem(path, '', 'The file ends in the middle; what stood before that was read.');
  }

  async #readSnapshot(path: string): Promise<void> {
    const source = new RecordSource(openSnapshotFile(path));
    try {
      const total = Math.max(source.count(), 1);
      const { size } = statSync(path);
      const before = this.#done;
      let count = 0;
      // Replays point to the pairs that they repeat, which get other ids here.
      const ids = new Map<number, number>();
      for (const id of source.ids()) {
        await this.#add(path, `pair ${String(id)}`, ({ id: newId, source: name }) => {
          const record = foreignRecord(source.record(id), newId, name);
          if (ids.size < REMEMBERED_IDS) ids.set(id, newId);
          return { ...record, replayOf: ids.get(record.replayOf) ?? 0 };
        });
        count += 1;
        this.#done = before + Math.floor((size * count) / total);
        this.#progress();
      }
    } finally {
      source.close();
    }
  }

  async #add(file: string, place: string, read: (context: ImportContext) => PairRecord): Promise<void> {
    const id = await this.#target.nextId();
    let record: PairRecord;
    try {
      record = read({ id, source: this.#task.source });
    } catch (error) {
      if (!isAboutFile(error)) throw error;
      this.#target.giveBack(id);
      this.#problem(file, place, sentenceOf(error));
      return;
    }
    await this.#target.add(record);
    this.#result.pairs += 1;
  }

  #problem(file: string, place: string, problem: string): void {
    this.#result.problemCount += 1;
    if (this.#result.problems.length < limits.importProblems) this.#result.problems.push({ file, place, problem });
  }
}

/** Pairs whose new ids are remembered: a replay follows what it repeats, mostly soon. */
const REMEMBERED_IDS = 1_000_000;

function tooMany(): SidetapError {
  return new SidetapError('import-failed', `The folder holds more than ${String(limits.importFiles)} files. Import it in parts.`);
}

function parsed(text: string): JsonValue {
  try {
    return parseExact(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new Malformed(`it is no JSON: ${messageOf(error)}`);
  }
}

function isJson(text: string): boolean {
  if (text.trim() === '') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // A line of an object that is laid out over several.
  }
}

const BEGINNING = 64 * 1024;

function readBeginning(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(BEGINNING);
    return buffer.subarray(0, readSync(file, buffer, 0, BEGINNING, 0));
  } finally {
    closeSync(file);
  }
}

/** What is wrong with one file or pair; the others can still be read. */
function isAboutFile(error: unknown): boolean {
  if (error instanceof Malformed || error instanceof RangeError || error instanceof SyntaxError) return true;
  if (error instanceof Cancelled || !(error instanceof Error)) return false;
  if (error instanceof SidetapError) return error.code === 'import-failed' || error.code === 'store-unusable';
  return 'syscall' in error || 'errcode' in error;
}

function sentenceOf(error: unknown): string {
  if (error instanceof SidetapError) return error.message;
  const text = messageOf(error);
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

/** What imported pairs are marked with: a short name of what they were read from. */
export function sourceName(paths: readonly string[]): string {
  const [first = ''] = paths;
  const name = basename(first)
    .replace(/[\x00-\x1f\x7f]/g, '_')
    .slice(0, 100);
  return `import:${name === '' ? 'files' : name}${paths.length > 1 ? '…' : ''}`;
}
