import { afterEach, beforeEach, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import type { Caused } from '../../proxy-core/rrpair/caused.ts';
import type { ConnectionInfo } from '../../proxy-core/rrpair/pair.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { batchOf, connectionInfo, START, type TestPair, temporaryDirectory } from './pairs.ts';

let store: Store;
let folder: ReturnType<typeof temporaryDirectory>;
beforeEach(async () => {
  folder = temporaryDirectory();
  store = await openStore(folder.path);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

/** Pairs of containers, in the order in which they are made; each connection that both its ends captured has one flow. */
class Traffic {
  readonly pairs: TestPair[] = [];
  #connections = 0;

  /** What a container receives (`in`) or sends, from `startMs` on. Returns its number. */
  add(direction: 'in' | 'out', source: string, [startMs, durationMs]: [number, number], more: Partial<TestPair> = {}): number {
    const id = this.pairs.length + 1;
    const pair = { id, startedAtMicros: START + startMs * 1_000, latency: durationMs * 1_000, duration: durationMs * 1_000 };
    this.pairs.push({ ...pair, ...more, connection: this.#connection({ direction, source, ...more.connection }) });
    return id;
  }

  /** A call from one container to another, at both its ends: the number of each. */
  call(from: string, to: string, [startMs, durationMs]: [number, number], target: string): [left: number, arrived: number] {
    const flow = `10.0.0.1:${String(40_000 + this.#connections)}>10.0.0.2:80`;
    const left = this.add('out', from, [startMs, durationMs], { target, connection: { flow } });
    const arrived = this.add('in', to, [startMs + 1, durationMs - 2], { target, connection: { flow } });
    return [left, arrived];
  }

  #connection(more: Partial<ConnectionInfo>): ConnectionInfo {
    this.#connections += 1;
    return connectionInfo({ id: this.#connections, ...more });
  }

  async caused(id: number): Promise<Caused> {
    store.write(batchOf(this.pairs));
    await store.flush();
    return store.caused(id);
  }
}

const brief = ({ beyond }: Caused): [number, number[]][] =>
  beyond.map(({ call, calls }) => [call, calls.map(({ pair }) => pair.id)]);

test('what calls caused where they arrived is told, from container to container', async () => {
  const traffic = new Traffic();
  const request = traffic.add('in', 'web', [0, 100]);
  const [toStock, atStock] = traffic.call('web', 'stock', [10, 50], '/stock');
  const query = traffic.add('out', 'stock', [15, 2], {
    connection: { protocol: 'postgresql' },
    summary: { command: 'Query', location: 'SELECT 1', status: 'OK' },
  });
  const [toPrices] = traffic.call('stock', 'prices', [20, 30], '/prices');
  const outside = traffic.add('out', 'prices', [25, 20], { host: 'rates.test' });
  // Another container that is called, and calls nobody.
  const [toDatabase] = traffic.call('web', 'database', [70, 5], '/');
  // Of another request, before.
  traffic.add('out', 'stock', [5, 2]);
  const caused = await traffic.caused(request);
  expect(caused.calls.map(({ pair, arrived }) => [pair.id, arrived?.source])).toEqual([
    [toStock, 'stock'],
    [toDatabase, 'database'],
  ]);
  expect(brief(caused)).toEqual([
    [toStock, [query, toPrices]],
    [toPrices, [outside]],
  ]);
  expect(caused).toMatchObject({ notFollowed: 0, complete: true });
  expect(brief(await store.caused(atStock))).toEqual([[toPrices, [outside]]]);
  expect(await store.caused(toStock)).toMatchObject({ beyond: [], notFollowed: 0 });
  expect((await store.detail(toStock)).otherEnds).toEqual([{ id: atStock, direction: 'in', source: 'stock' }]);
  expect((await store.detail(atStock)).otherEnds).toEqual([{ id: toStock, direction: 'out', source: 'web' }]);
  expect((await store.detail(query)).otherEnds).toEqual([]);
});

test('repeated calls on one connection arrive one by one', async () => {
  const traffic = new Traffic();
  const request = traffic.add('in', 'web', [0, 100]);
  const connection = { flow: '10.0.0.1:40000>10.0.0.2:80' };
  const made: number[][] = [];
  for (const start of [10, 40, 70]) {
    const left = traffic.add('out', 'web', [start, 20], { target: '/stock', connection: { ...connection, clientPort: 1 } });
    const arrived = traffic.add('in', 'stock', [start + 1, 18], { target: '/stock', connection });
    made.push([left, arrived, traffic.add('out', 'stock', [start + 5, 5])]);
  }
  const caused = await traffic.caused(request);
  expect(caused.calls.map(({ pair, arrived }) => [pair.id, arrived?.id])).toEqual(made.map(([left, arrived]) => [left, arrived]));
  expect(brief(caused)).toEqual(made.map(([left, , call]) => [left, [call]]));
});

test('of containers that call each other, no call is told twice', async () => {
  const traffic = new Traffic();
  const request = traffic.add('in', 'a', [0, 1_000]);
  const left: number[] = [];
  for (let depth = 0; depth < limits.causedDepth + 3; depth++) {
    const [from, to] = depth % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
    left.push(traffic.call(from ?? '', to ?? '', [10 + depth * 10, 900 - depth * 20], `/${String(depth)}`)[0]);
  }
  const caused = await traffic.caused(request);
  const told = [...caused.calls, ...caused.beyond.flatMap(({ calls }) => calls)].map(({ pair }) => pair.id);
  // Which of the requests of a container made a call is not certain, so that some stand nearer than they are.
  expect(told.toSorted((a, b) => a - b)).toEqual(left.filter((id) => told.includes(id)));
  expect(caused.beyond).not.toEqual([]);
});
