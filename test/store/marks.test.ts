import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import type { PairMark } from '../../proxy-core/rrpair/pair.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { RecordBatches } from '../../proxy-core/store/record-batches.ts';
import { openForReading } from '../../proxy-core/store/schema.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { viewSpec } from '../../proxy-core/store/view-spec.ts';
import { batchOf, everything, idsOf, put, query, range, temporaryDirectory, until } from './pairs.ts';

/** Colours and notes that a user puts on pairs. */

let directory: ReturnType<typeof temporaryDirectory>;
let store: Store;

beforeEach(async () => {
  directory = temporaryDirectory();
  store = await openStore(directory.path);
});

afterEach(async () => {
  await store.close();
  directory.remove();
});

async function marks(ids: readonly number[]): Promise<unknown[]> {
  return (await store.summaries(ids)).map(({ id, colour, note, pinned }) => [id, colour, note, pinned]);
}

describe('a mark', () => {
  test('is in the list, in the detail and in the record, and survives a restart', async () => {
    await put(store, { id: 1 }, { id: 2 });
    expect(await store.mark([{ id: 1, colour: 'red', note: 'ask Ana', pinned: true }])).toEqual({
      before: [{ id: 1, colour: null, note: '', pinned: false }],
      after: [{ id: 1, colour: 'red', note: 'ask Ana', pinned: true }],
    });
    await store.close();
    store = await openStore(directory.path);
    expect(await marks([1, 2])).toEqual([
      [1, 'red', 'ask Ana', true],
      [2, null, '', false],
    ]);
    expect(await store.detail(1)).toMatchObject({ colour: 'red', note: 'ask Ana' });
    expect((await store.record(1)).mark).toEqual({ colour: 'red', note: 'ask Ana' });
    expect(await store.record(2)).not.toHaveProperty('mark');
  });

  test('changes in what is named only, and can be given back', async () => {
    await put(store, { id: 1 }, { id: 2 });
    await store.mark([{ id: 1, colour: 'red', note: 'first' }]);
    await store.mark([{ id: 1, colour: 'blue' }]);
    expect(await marks([1])).toEqual([[1, 'blue', 'first', false]]);
    const { before } = await store.mark([
      { id: 1, note: 'second', pinned: true },
      { id: 2, note: 'second', pinned: true },
      { id: 99, note: 'second', pinned: true },
    ]);
    expect(before.map(({ id }) => id)).toEqual([1, 2]);
    await store.mark(before);
    expect(await marks([1, 2])).toEqual([
      [1, 'blue', 'first', false],
      [2, null, '', false],
    ]);
    await store.mark([{ id: 1, colour: null, note: '' }]);
    expect(await idsOf(store, query('is:marked'))).toEqual([]);
  });

  test('stays while its pair is still written', async () => {
    await put(store, { id: 1, open: true });
    await store.mark([{ id: 1, colour: 'green', note: 'slow one', pinned: true }]);
    await put(store, { id: 1, open: true });
    await put(store, { id: 1 });
    expect(await marks([1])).toEqual([[1, 'green', 'slow one', true]]);
    expect(await idsOf(store, query('note:slow'))).toEqual([1]);
    // Also of a pair that the writer no longer remembers as open.
    await put(store, { id: 1, status: 500 });
    expect(await marks([1])).toEqual([[1, 'green', 'slow one', true]]);
  });

  test('is found by lists that were made before', async () => {
    await put(store, ...range(1, 20).map((id) => ({ id })));
    const red = query('colour:red');
    expect(await idsOf(store, red)).toEqual([]);
    await store.mark([
      { id: 3, colour: 'red' },
      { id: 7, colour: 'red' },
    ]);
    expect(await idsOf(store, red)).toEqual([3, 7]);
    await store.mark([{ id: 3, colour: 'blue' }]);
    expect(await idsOf(store, red)).toEqual([7]);
  });

  test('goes with its pair when that is not pinned, and stays when it is', async () => {
    await store.close();
    store = await openStore(directory.path, { maxPairs: 10 });
    await put(store, ...range(1, 10).map((id) => ({ id })));
    await store.mark([
      { id: 1, colour: 'red', pinned: true },
      { id: 2, note: 'not pinned' },
    ]);
    await put(store, ...range(11, 40).map((id) => ({ id })));
    await until(store, ({ pairs }) => pairs === 10);
    expect(await idsOf(store, query('is:marked'))).toEqual([1]);
    expect(await idsOf(store, everything)).toEqual([1, ...range(32, 40)]);
  });

  test('outlives a clear and its undo', async () => {
    await put(store, { id: 1 }, { id: 2 }, { id: 3 });
    await store.mark([
      { id: 1, note: 'keep', pinned: true },
      { id: 2, colour: 'purple' },
    ]);
    await store.clear();
    expect(await idsOf(store, query('is:marked'))).toEqual([1]);
    await store.undoClear();
    expect(await marks([1, 2, 3])).toEqual([
      [1, null, 'keep', true],
      [2, 'purple', '', false],
      [3, null, '', false],
    ]);
    await store.clear();
    // What was unpinned meanwhile is hidden as if it had never been pinned.
    await store.mark([{ id: 1, pinned: false }]);
    expect(await idsOf(store, everything)).toEqual([]);
    expect(await store.undoClear()).toBe(3);
    expect(await marks([1])).toEqual([[1, null, 'keep', false]]);
  });

  test('offers its words to whoever filters, however old it is', async () => {
    await put(store, ...range(1, limits.valuesFromPairs + 10).map((id) => ({ id })));
    await store.mark([
      { id: 1, note: 'ask Ana' },
      { id: 2, note: 'ask Ana' },
      { id: 3, note: 'fixed' },
    ]);
    expect(await store.values('note', '')).toEqual([
      { value: 'ask Ana', pairs: 2 },
      { value: 'fixed', pairs: 1 },
    ]);
  });
});

test('a mark that comes from elsewhere is kept as far as it is one, and pins nothing', async () => {
  const most = limits.noteChars;
  const cases: [mark: unknown, kept: [colour: string | null, note: string]][] = [
    [{ colour: 'yellow', note: 'from a colleague' }, ['yellow', 'from a colleague']],
    [null, [null, '']],
    ['red', [null, '']],
    [{ colour: 'url(x)', note: 'n' }, [null, 'n']],
    [{ colour: 'red', note: { length: 3 } }, ['red', '']],
    [{ colour: null, note: ' \n ' }, [null, '']],
    [{ colour: null, note: 'a\0b\ud800' }, [null, 'a\ufffdb\ufffd']],
    [{ colour: null, note: 'x'.repeat(most + 1) }, [null, 'x'.repeat(most)]],
    [{ colour: null, note: `${'x'.repeat(most - 1)}😀` }, [null, `${'x'.repeat(most - 1)}\ufffd`]],
  ];
  await put(store, { id: 1 });
  const record = await store.record(1);
  const ids = cases.map((_case, index) => index + 2);
  // As an import writes them, and as an agent could: in the record itself.
  for (const [index, [mark]] of cases.entries()) {
    const writer = new RecordBatches((batch) => store.write(batch));
    writer.add({ ...record, id: index + 2, mark: mark as PairMark });
    writer.flush();
    store.write(batchOf([{ id: index + 102, extra: { mark: mark as PairMark } }]));
  }
  await store.flush();
  expect(store.status()).toMatchObject({ unwritten: 0, problem: '' });
  const expected = (first: number): unknown[] => cases.map(([, kept], index) => [index + first, ...kept, false]);
  expect(await marks(ids)).toEqual(expected(2));
  expect(await marks(ids.map((id) => id + 100))).toEqual(expected(102));
  const marked = cases.flatMap(([, [colour, note]], index) => (colour === null && note === '' ? [] : [index + 2]));
  expect(await idsOf(store, query('is:marked'))).toEqual([...marked, ...marked.map((id) => id + 100)]);
});

test('marked pairs are found by an index, whatever is stored', async () => {
  await put(store, { id: 1 });
  const database = openForReading(join(directory.path, 'pairs.db'));
  try {
    database.function('sidetap_text', (_index, _text) => 0);
    for (const filter of ['is:marked', 'colour:red', 'note:ana', 'note:~ana']) {
      const { where, params } = viewSpec(query(filter)).filter;
      const plan = database
        .prepare(`EXPLAIN QUERY PLAN SELECT id FROM pair WHERE id BETWEEN ? AND ? AND (${where})`)
        .all(1, 9, ...params);
      expect(JSON.stringify(plan), filter).toContain('pair_marked');
    }
  } finally {
    database.close();
  }
});
