import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../proxy-core/store/open.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { batchOf, everything, idsOf, put, query, range, temporaryDirectory, until } from './pairs.ts';

const COUNT = 20_000;

describe('while bodies are searched', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let store: Store;

  beforeAll(async () => {
    directory = temporaryDirectory();
    store = await openStore(directory.path);
    for (let id = 1; id <= COUNT; id += 200) {
      store.write(
        batchOf(
          range(id, id + 199).map((each) => ({
            id: each,
            responseBody: `${'a'.repeat(4_000)} ${String(each)}`,
            target: `/${String(each % 1_000)}`,
          })),
        ),
      );
    }
    await store.flush();
  });

  afterAll(async () => {
    await store.close();
    directory.remove();
  });

  test('a detail is answered long before the search ends, and pairs go on being stored', async () => {
    const order: string[] = [];
    const search = idsOf(store, query('body:"a 19999"')).then((ids) => {
      order.push('search');
      return ids;
    });
    await store.detail(5);
    order.push('detail');
    await store.body(6, 'response', 'decoded', 0, 10);
    order.push('body');
    await put(store, { id: COUNT + 1 });
    order.push('write');
    expect(await search).toEqual([19_999]);
    expect(order).toEqual(['detail', 'body', 'write', 'search']);
  });

  test('a list shows what was found so far, and says when there is more', async () => {
    const slow = query('body:~"a [0-9]*7$"', { descending: true });
    let page = await store.list(slow, 0, 50);
    let changes = 0;
    while (!page.complete) {
      // A page of an older revision than the store's is fetched anew, whatever the reason.
      const seen = page.revision;
      await until(store, ({ revision }) => revision > seen);
      changes += 1;
      const next = await store.list(slow, 0, 50);
      expect(next.total).toBeGreaterThanOrEqual(page.total);
      page = next;
    }
    expect(page.total).toBe(COUNT / 10);
    expect(page.rows[0]).toMatchObject({ id: 19_997 });
    expect(changes).toBeLessThan(1_000);
  });

  test('a search that is ended goes no further until it is asked to', async () => {
    const slow = query('body:~"a [0-9]*3$"', { descending: true });
    let page = await store.list(slow, 0, 50);
    expect(page).toMatchObject({ complete: false, search: { stopped: false } });
    await store.search(slow, 0);
    page = await store.list(slow, 0, 50);
    const share = page.search?.share ?? 1;
    expect(page).toMatchObject({ complete: false, search: { stopped: true } });
    expect(share).toBeLessThan(1);
    // What is asked later is answered with the same, in another order too, and new pairs are looked at all the same.
    await put(store, { id: COUNT, responseBody: 'a 3', target: '/0' });
    const later = await store.list(slow, 0, 50);
    expect(later).toMatchObject({ complete: false, total: page.total + 1, search: { share, stopped: true } });
    expect(await store.list(query(slow.filter, { by: 'latency' }), 0, 50)).toMatchObject({
      complete: false,
      search: { stopped: true },
    });
    // The same as of a moment, as a list that stands still asks for it, goes as far.
    const bounded = query(`${slow.filter} id:<=${String(COUNT)}`, { descending: true });
    await store.search(bounded, share);
    let still = await store.list(bounded, 0, 50);
    while (still.search?.stopped !== true) still = await store.list(bounded, 0, 50);
    expect(still.search.share).toBeGreaterThanOrEqual(share);
    expect(still.total).toBeGreaterThanOrEqual(page.total);
    // Another filter is none of its business.
    expect((await store.list(query('path:=/5'), 0, 50)).total).toBe(COUNT / 1_000);
    await store.search(slow, 1);
    for (page = await store.list(slow, 0, 50); !page.complete; page = await store.list(slow, 0, 50)) {
      const seen = page.revision;
      await until(store, ({ revision }) => revision > seen);
    }
    expect(page.total).toBe(COUNT / 10 + 1);
    expect(page.search).toBeUndefined();
  });

  test('what is made of all that a filter finds is not content with a search that was ended', async () => {
    const slow = query('body:~"a [0-9]*9$"', { descending: true });
    await store.search(slow, 0);
    expect(await store.list(slow, 0, 50)).toMatchObject({ complete: false });
    expect(await idsOf(store, slow)).toHaveLength(COUNT / 10);
  });

  test('bodies are read only of pairs that pass what is cheaper', async () => {
    // A pattern that would be ended by the watchdog on any of the bodies, if it were run on one.
    const deadly = '"(a+)+$"';
    expect(await idsOf(store, query(`body:~${deadly} path:=/nowhere`))).toEqual([]);
    expect(await idsOf(store, query(`body:~${deadly} and (status:404 or latency:>1h)`))).toEqual([]);
    expect(await idsOf(store, query(`path:=/5 or body:~${deadly} id:5`))).toHaveLength(COUNT / 1_000);
  });

  test('a pattern that would run for ever is refused, and harms nobody', async () => {
    const deadly = query('body:~"(a+)+$"');
    const refusal = {
      code: 'filter-invalid',
      message: expect.stringMatching(/takes too long/) as string,
    };
    await expect(idsOf(store, deadly)).rejects.toMatchObject(refusal);
    const another = query('body:~"(a+)+$" body:~"(a+)+$"');
    // Answers may come before the pattern is given up; then there is another to be had.
    let answer: unknown;
    do {
      const before = store.status().revision;
      answer = await store.list(another, 0, 10).catch((error: unknown) => error);
      if (!(answer instanceof Error)) await until(store, ({ revision }) => revision > before);
    } while (!(answer instanceof Error));
    expect(answer).toMatchObject(refusal);
    expect((await store.detail(5)).id).toBe(5);
    expect((await store.list(everything, 0, 5)).rows).toHaveLength(5);
  });

  test('a filter that cannot be read is an error with a column', async () => {
    await expect(store.list(query('status:5xx hots:x'), 0, 10)).rejects.toMatchObject({
      code: 'filter-invalid',
      details: { column: 11 },
    });
    await expect(idsOf(store, query('('))).rejects.toMatchObject({ code: 'filter-invalid' });
  });

  test('noise is hidden and counted, unless asked for', async () => {
    await put(store, { id: COUNT + 10, target: '/healthz' });
    expect(await store.list(query(`id:>${String(COUNT)}`, {}, false), 0, 10)).toMatchObject({ total: 1, hiddenNoise: 1 });
    expect(await store.list(query(`id:>${String(COUNT)}`), 0, 10)).toMatchObject({ total: 2, hiddenNoise: 0 });
    expect(await store.list(query('is:noise', {}, false), 0, 10)).toMatchObject({
      total: 1,
      hiddenNoise: 0,
      rows: [{ id: COUNT + 10, noise: true }],
    });
  });

  test('relative times move on', async () => {
    await put(store, { id: COUNT + 20, startedAtMicros: Date.now() * 1000 });
    expect(await idsOf(store, query('time:>-1m'))).toEqual([COUNT + 20]);
    expect(await idsOf(store, query('time:>-1ms'))).toEqual([]);
  });
});
