import path from 'node:path';
import type { Recorder } from '../../capture/recorder.ts';
import { assertNever, SidetapError } from '../../errors.ts';
import type { MaskingFile } from '../../keep/masking.ts';
import { limits } from '../../limits.ts';
import type { MaskingPreview, MaskingRules } from '../../rrpair/masking.ts';
import type { ExportEvent, FileFormat, ImportEvent } from '../../rrpair/transfers.ts';
import type { Store } from '../../store/store.ts';
import { sourceName } from '../../transfer/import.ts';
import { type PairSink, type RunOptions, runTask } from '../../transfer/run.ts';
import type { Snapshots } from '../../transfer/snapshots.ts';
import type { Selected, Task } from '../../transfer/tasks.ts';
import type { Transfers } from '../../transfer/transfers.ts';
import type { Uploads } from '../../transfer/uploads.ts';
import { version } from '../../version.ts';
import type { Handlers } from '../handlers.ts';
import type { Readings } from './readings.ts';
import { originOf } from './snapshots.ts';

export interface WriteParts {
  readings: Readings;
  transfers: Transfers;
  masking: MaskingFile;
  /** Secrets leave unmasked unless a call says otherwise. */
  revealed: () => boolean;
}

/** Writes files. */
export function exportFileHandler({ readings, transfers, masking, revealed }: WriteParts): Handlers['export']['file'] {
  return async ({ as, path: target, reveal = revealed(), ...selection }, { signal }) => {
    requireAbsolute(target);
    const from = await readings.selected(selection);
    const task = writeTask(as, from, target, reveal ? null : masking.rules, originOf(selection));
    // Both kinds come to the same result.
    return written(runTask<'save' | 'write'>(task, transfers.options(signal)) as ReturnType<typeof runTask<'write'>>, target);
  };
}

function writeTask(
  as: FileFormat,
  from: Selected,
  target: string,
  masking: MaskingRules | null,
  origin: string,
): Extract<Task, { kind: 'save' | 'write' }> {
  switch (as) {
    case 'sidetap': {
      const name = path.basename(target).replace(/\.sidetap$/i, '');
      from.ids?.sort();
      const facts = { name, madeAt: new Date().toISOString(), origin, masked: masking !== null };
      return { kind: 'save', from, path: target, facts, masking };
    }
    case 'har':
    case 'postman':
    case 'rrpair':
    case 'rrpair-json':
      return { kind: 'write', format: as, from, path: target, masking, version };
    default:
      return assertNever(as);
  }
}

async function* written(events: ReturnType<typeof runTask<'write'>>, target: string): AsyncGenerator<ExportEvent> {
  let total = 0;
  for await (const event of events) {
    if (event.type === 'progress') {
      total = event.total;
      yield { done: event.done, total, written: null };
    } else yield { done: total, total, written: { path: target, ...event.result } };
  }
}

function requireAbsolute(file: string): void {
  if (path.isAbsolute(file)) return;
  throw new SidetapError('bad-usage', `Name the place in full, from the root on: ${file} could be anywhere.`);
}

/** What would be masked. */
export function previewHandler({ readings, transfers, masking }: Omit<WriteParts, 'revealed'>): Handlers['redact']['preview'] {
  return async ({ rules = masking.rules, ...selection }, { signal }) => {
    const from = await readings.selected(selection);
    return previewed(runTask<'preview'>({ kind: 'preview', from, masking: rules }, transfers.options(signal)));
  };
}

async function* previewed(events: ReturnType<typeof runTask<'preview'>>): AsyncGenerator<MaskingPreview> {
  let total = 0;
  for await (const event of events) {
    if (event.type === 'progress') {
      total = event.total;
      yield { done: event.done, total, finished: false, pairs: 0, rules: [] };
    } else yield { done: total, total, finished: true, ...event.result };
  }
}

export interface ImportParts {
  uploads: Uploads;
  transfers: Transfers;
  snapshots: Snapshots;
  store: Store;
  recorder: Pick<Recorder, 'takeId'>;
  flush: () => Promise<void>;
}

/** Reads files into the store or into a snapshot. */
export function importHandler(parts: ImportParts): Handlers['import'] {
  return async ({ paths: named, uploads, snapshot: name }, { signal }) => {
    for (const file of named) requireAbsolute(file);
    const sent = parts.uploads.claim(uploads);
    try {
      return releasing(importFrom(parts, [...named, ...sent.paths], name, signal), sent.release);
    } catch (error) {
      await sent.release();
      throw error;
    }
  };
}

/** What was sent for this import alone is removed with its end, whichever that is. */
async function* releasing<Event>(events: AsyncIterable<Event>, release: () => Promise<void>): AsyncGenerator<Event> {
  try {
    yield* events;
  } finally {
    await release();
  }
}

function importFrom(
  parts: ImportParts,
  paths: readonly string[],
  name: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImportEvent> {
  const source = sourceName(paths);
  if (name === undefined) return intoStore(parts, paths, source, signal);
  const { id, path: place } = parts.snapshots.place(name);
  const facts = { name, madeAt: new Date().toISOString(), origin: source, masked: false };
  const events = runTask<'import'>(
    { kind: 'import', paths, source, snapshot: { path: place, facts } },
    parts.transfers.options(signal),
  );
  return imported(events, (result) => ({ ...result, source: '', snapshot: parts.snapshots.find(id) }));
}

async function* imported(
  events: ReturnType<typeof runTask<'import'>>,
  finish: (result: Omit<NonNullable<ImportEvent['imported']>, 'source' | 'snapshot'>) => ImportEvent['imported'],
): AsyncGenerator<ImportEvent> {
  let total = 0;
  for await (const event of events) {
    if (event.type === 'progress') {
      total = event.total;
      yield { done: event.done, total, imported: null };
    } else yield { done: total, total, imported: finish(event.result) };
  }
}

/**
 * Whatever keeps it from its end, a cancel included, takes back what is in the store by then: also when whoever asked for it does not listen
 * any more, so that it must not depend on being read from.
 */
async function* intoStore(
  parts: ImportParts,
  paths: readonly string[],
  source: string,
  call: AbortSignal | undefined,
): AsyncGenerator<ImportEvent> {
  const gone = new AbortController();
  const options = parts.transfers.options(call === undefined ? gone.signal : AbortSignal.any([call, gone.signal]));
  const latest = new Latest<ImportEvent>();
  const work = storePairs(parts, paths, source, options, (event) => latest.put(event)).then(
    () => latest.end(null),
    (error: unknown) => latest.end(error),
  );
  parts.transfers.track(work);
  try {
    for (let event = await latest.next(); event !== null; event = await latest.next()) yield event;
  } finally {
    gone.abort();
    await work;
  }
}

async function storePairs(
  { store, recorder, flush }: ImportParts,
  paths: readonly string[],
  source: string,
  options: RunOptions & { signal: AbortSignal },
  tell: (event: ImportEvent) => void,
): Promise<void> {
  const taken: { first: number; last: number }[] = [];
  const sink: PairSink = {
    takeId: () => {
      const id = recorder.takeId();
      const range = taken.at(-1);
      if (range !== undefined && range.last + 1 === id) range.last = id;
      else taken.push({ first: id, last: id });
      return id;
    },
    write: (batch) => store.write(batch),
    room: () => room(store),
  };
  const { unwritten } = store.status();
  let complete = false;
  try {
    const events = runTask<'import'>({ kind: 'import', paths, source, snapshot: null }, { ...options, sink });
    for await (const event of imported(events, (result) => ({ ...result, source, snapshot: null }))) {
      if (event.imported !== null) {
        await flush();
        refuseLost(store, unwritten);
        complete = !options.signal.aborted;
      }
      if (event.imported === null || complete) tell(event);
    }
  } finally {
    if (!complete) for (const { first, last } of taken) await store.discard(first, last);
  }
}

/** Holds the newest event until it is fetched; those that nobody fetched are replaced. */
class Latest<Event> {
  #event: Event | null = null;
  #ended = false;
  #error: unknown = null;
  #wake: (() => void) | null = null;

  put(event: Event): void {
    this.#event = event;
    this.#wake?.();
  }

  /** `error` is thrown at whoever fetches next; null when all went well. */
  end(error: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }

  /** Null when there will be no more. */
  async next(): Promise<Event | null> {
    while (this.#event === null && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#error !== null) throw this.#error;
    const event = this.#event;
    this.#event = null;
    return event;
  }
}

function refuseLost(store: Store, before: number): void {
  const { unwritten, problem } = store.status();
  if (unwritten <= before) return;
  const why = problem === '' ? 'The store could not take all of it.' : problem;
  throw new SidetapError('import-failed', `${why} So nothing was imported.`);
}

/** Resolves when what waits for the store is little: captured pairs must find room too. */
function room(store: Store): Promise<void> {
  if (store.pendingBytes < limits.transferBytes) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = store.onChange(() => {
      if (store.pendingBytes >= limits.transferBytes) return;
      stop();
      resolve();
    });
  });
}
