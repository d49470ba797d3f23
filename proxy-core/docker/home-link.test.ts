import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../limits.ts';
import { batchHeader, FrameReader, messageFrame } from '../link/frames.ts';
import { type FromAgent, linkVersion, type ToAgent } from '../link/messages.ts';
import { BatchWriter, type PairFields, readBatch } from '../store/batch.ts';
import type { Store } from '../store/store.ts';
import { pairFields } from '../store/testing/pair-fields.ts';
import { HomeLink } from './home-link.ts';
import { PairIntake } from './pair-intake.ts';

/** What the engine's side sees of an agent: its streams as Docker carries them. */
class FakeAgent extends Duplex {
  readonly heard: ToAgent[] = [];
  readonly #reader = new FrameReader<ToAgent>({ message: (message) => this.heard.push(message), batch: () => undefined });

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#reader.push(chunk);
    done();
  }

  say(message: FromAgent): void {
    this.print(1, messageFrame(message));
  }

  batch(bytes: Uint8Array): void {
    this.print(1, Buffer.concat([batchHeader(bytes.byteLength), bytes]));
  }

  print(stream: 1 | 2, bytes: Uint8Array): void {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(bytes.byteLength, 4);
    this.push(Buffer.concat([header, bytes]));
  }

  told(type: ToAgent['type']): ToAgent[] {
    return this.heard.filter((message) => message.type === type);
  }
}

class FakeStore {
  pendingBytes = 0;
  readonly written: Uint8Array<ArrayBuffer>[] = [];
  #listener: () => void = () => undefined;

  onChange(listener: () => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }

  write(batch: Uint8Array<ArrayBuffer>): void {
    this.written.push(batch);
  }

  settle(): void {
    this.pendingBytes = 0;
    this.#listener();
  }

  pairs() {
    return this.written.flatMap((batch) => [...readBatch(batch)]);
  }
}

const hello: FromAgent = { type: 'hello', link: linkVersion, version: '1.0', now: Date.now() * 1000 };
const asked: string[] = [];

let agent: FakeAgent;
let store: FakeStore;
let link: HomeLink;
let intake: PairIntake;
let nextId: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  agent = new FakeAgent();
  store = new FakeStore();
  nextId = 1_000;
  asked.length = 0;
  intake = new PairIntake(store as unknown as Store, () => nextId++);
  link = new HomeLink(agent, {
    welcome: { source: 'web', firstConnectionId: 5, caPem: 'CA', extraCaPem: [], insecureUpstream: false },
    issuer: {
      keyPem: 'KEY',
      leaf: async (name) => {
        asked.push(name);
        if (name === 'bad') throw new Error('no leaf for that');
        return { chainPem: `leaf of ${name}`, notAfter: 7 };
      },
    },
    intake,
    status: () => undefined,
    tls: () => undefined,
    notice: () => undefined,
  });
});
afterEach(() => {
  link.destroy();
  vi.useRealTimers();
});

const fields = (id: number, state: PairFields['state']): PairFields =>
  pairFields({ id, state, startedAtMicros: 1, requestEnd: 1, responseStart: -1, responseEnd: -1 });

const connection = Buffer.from('{"id":1}');

function batchOf(...pairs: PairFields[]): Uint8Array<ArrayBuffer> {
  const writer = new BatchWriter(new ArrayBuffer(10_000));
  for (const pair of pairs) {
    writer.pair(pair, {
      connection,
      extra: Buffer.alloc(0),
      requestHead: [Buffer.from('GET / HTTP/1.1\r\n\r\n')],
      responseHead: [],
      requestBody: [],
      responseBody: [],
    });
  }
  return writer.finish().slice();
}

/** What was pushed is delivered. */
const delivered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('welcomes an agent of its own version, and refuses another one with a sentence', async () => {
  agent.say(hello);
  await link.greeted;
  expect(agent.told('welcome')).toEqual([expect.objectContaining({ link: linkVersion, source: 'web', firstConnectionId: 5 })]);

  const old = new FakeAgent();
  const other = new HomeLink(old, {
    welcome: { source: 'web', firstConnectionId: 5, caPem: '', extraCaPem: [], insecureUpstream: false },
    issuer: { keyPem: '', leaf: async () => ({ chainPem: '', notAfter: 0 }) },
    intake: new PairIntake(store as unknown as Store, () => 1),
    status: () => undefined,
    tls: () => undefined,
    notice: () => undefined,
  });
  old.say({ ...hello, link: linkVersion + 1, version: '9.9' });
  const end = await other.ended;
  expect(end).toMatchObject({
    ok: false,
    error: { code: 'agent-failed', message: expect.stringContaining('another version of Sidetap (9.9)') },
  });
  await expect(other.greeted).rejects.toThrow('another version');
});

test('pairs get ids of the store, the same for the same pair, and are said to be taken', async () => {
  agent.say(hello);
  const first = batchOf(fields(1, 'open'), fields(2, 'done'));
  agent.batch(first);
  agent.batch(batchOf(fields(1, 'done'), fields(3, 'done')));
  await delivered();
  expect(store.pairs().map(({ id }) => id)).toEqual([1_000, 1_001, 1_000, 1_002]);
  expect(agent.told('taken')[0]).toEqual({ type: 'taken', bytes: first.byteLength });
});

test('while the store is behind, nothing is said to be taken; when it is not, all is', async () => {
  agent.say(hello);
  store.pendingBytes = limits.recorderSoftBytes + 1;
  const batch = batchOf(fields(1, 'done'));
  agent.batch(batch);
  agent.batch(batchOf(fields(2, 'done')));
  await delivered();
  expect(agent.told('taken')).toEqual([]);
  store.settle();
  expect(agent.told('taken')).toEqual([{ type: 'taken', bytes: 2 * batch.byteLength }]);
});

test('when the store is hopelessly behind, pairs are dropped and counted', async () => {
  agent.say(hello);
  store.pendingBytes = limits.linkHardBytes + 1;
  agent.batch(batchOf(fields(1, 'done'), fields(2, 'done')));
  await delivered();
  expect(store.written).toEqual([]);
  expect(intake.shedPairs).toBe(2);
});

test('what an agent leaves open when it dies is closed, with its last words', async () => {
  agent.say(hello);
  // Of its connection its record only says that it is that of the one before.
  agent.batch(batchOf(fields(2, 'done'), fields(1, 'open')));
  agent.print(2, Buffer.from('first line\nkilled by a bug.\n'));
  await delivered();
  agent.push(null);
  expect(await link.ended).toMatchObject({
    ok: false,
    error: { code: 'agent-failed', message: 'The agent beside the container ended unexpectedly: first line / killed by a bug.' },
  });
  const last = store.pairs().at(-1);
  expect(last).toMatchObject({ kind: 'pair', id: 1_001, state: 'done', connection });
  expect(last?.kind === 'pair' ? JSON.parse(last.extra.toString()) : null).toMatchObject({ failure: { code: 'capture-stopped' } });
});

test('an agent that is silent is given up; one that speaks is not', async () => {
  agent.say(hello);
  const beats = Math.ceil(limits.linkSilenceMillis / limits.linkBeatMillis);
  for (let beat = 0; beat < 3 * beats; beat += 1) {
    agent.say({ type: 'notice', id: 'x', level: 'info', text: '' });
    await delivered();
    vi.advanceTimersByTime(limits.linkBeatMillis);
  }
  expect(agent.destroyed).toBe(false);
  vi.advanceTimersByTime((beats + 1) * limits.linkBeatMillis);
  expect(await link.ended).toMatchObject({ ok: false, silent: true });
});

test('leaves are signed one after the other, and a refusal is told', async () => {
  agent.say(hello);
  agent.say({ type: 'leaf-request', request: 1, name: 'a.test' });
  agent.say({ type: 'leaf-request', request: 2, name: 'bad' });
  await expect.poll(() => agent.told('leaf')).toHaveLength(2);
  expect(agent.told('leaf')).toEqual([
    { type: 'leaf', request: 1, ok: true, chainPem: 'leaf of a.test', keyPem: 'KEY', notAfter: 7 },
    { type: 'leaf', request: 2, ok: false, message: 'no leaf for that' },
  ]);
});

test.each([
  ['bytes that are no frames', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a batch that is none', Buffer.concat([batchHeader(20), Buffer.alloc(20, 9)])],
  ['a message that is no JSON', Buffer.from([3, 0, 0, 0, 1, 0x7b, 0x7b])],
])('%s end the link, and nothing else', async (_what, bytes) => {
  agent.say(hello);
  agent.print(1, bytes);
  expect(await link.ended).toMatchObject({ ok: false, error: { code: 'link-broken' } });
  expect(store.written).toEqual([]);
});

test('pairs from an agent that did not say hello are not taken', async () => {
  agent.batch(batchOf(fields(1, 'done')));
  expect(await link.ended).toMatchObject({ ok: false, error: { code: 'link-broken' } });
  expect(store.written).toEqual([]);
});

test('told to stop, an agent that ends is no failure', async () => {
  agent.say(hello);
  await link.greeted;
  link.stop(100);
  expect(agent.told('stop')).toEqual([{ type: 'stop', drainMillis: 100 }]);
  agent.push(null);
  expect(await link.ended).toEqual({ ok: true });
});
