import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, vi } from 'vitest';
import type { ApiClient } from '../../proxy-core/api/client.ts';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import type { Imported, Snapshot, Written } from '../../proxy-core/rrpair/transfers.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { unpacked } from '../../proxy-core/store/packed.ts';
import { openStoredForWriting, type Stored } from '../../proxy-core/stored.ts';
import { put, type TestPair } from '../store/pairs.ts';

/** Each test starts several threads, which takes seconds on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A directory of its own, removed after the test. */
export async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'sidetap-transfer-'));
  ends.push(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** A data directory with these pairs, and its operations. */
export async function dataDirWith(...pairs: TestPair[]): Promise<{ dir: string; client: ApiClient; stored: Stored }> {
  const dir = await folder();
  const store = await openStore(dir);
  await put(store, ...pairs);
  await store.close();
  return { dir, ...(await open(dir)) };
}

/** The operations on a data directory. */
export async function open(dir: string): Promise<{ client: ApiClient; stored: Stored }> {
  const stored = await openStoredForWriting(dir);
  ends.push(() => stored.close());
  return { client: stored.client, stored };
}

/** The last event of a stream that says what came of it. */
export async function outcome<Event, Name extends keyof Event>(
  events: Promise<AsyncIterable<Event>>,
  name: Name,
): Promise<NonNullable<Event[Name]>> {
  for await (const event of await events) {
    const value = event[name];
    if (value !== null && value !== undefined) return value;
  }
  throw new Error('it ended without a result');
}

export function saved(client: ApiClient, input: Parameters<ApiClient['snapshots']['save']>[0]): Promise<Snapshot> {
  return outcome(client.snapshots.save(input), 'snapshot');
}

export function exported(client: ApiClient, input: Parameters<ApiClient['export']['file']>[0]): Promise<Written> {
  return outcome(client.export.file(input), 'written');
}

export function imported(client: ApiClient, ...paths: string[]): Promise<Imported> {
  return outcome(client.import({ paths }), 'imported');
}

export async function rows(client: ApiClient, filter = '', snapshot?: string): Promise<PairSummary[]> {
  const page = await client.pairs.list({ filter, noise: true, sort: { by: 'time', descending: false }, limit: 1_000, snapshot });
  return page.rows;
}

/** All that can be read out of a file, as it is and, of a database of ours, unpacked: what is packed hides what is in it from a search, and from nobody else. */
export function contentOf(file: string): string {
  const bytes = readFileSync(file);
  const text = bytes.toString('latin1');
  if (!text.startsWith('SQLite format 3\0')) return text;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const blocks = database.prepare('SELECT bytes FROM block').all();
    const unpackedTexts = blocks.map((row) => Buffer.from(unpacked(row['bytes'] as Uint8Array<ArrayBuffer>)).toString('latin1'));
    return [text, ...unpackedTexts].join('\n');
  } finally {
    database.close();
  }
}
