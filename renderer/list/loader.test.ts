import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ListQuery, PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import type { EngineClient } from '../api/client.ts';
import { useEngine } from '../api/engine.ts';
import { follow, selectIndex, setQuestion, standStill, startList } from './actions.ts';
import { see } from './loader.ts';
import { PAGE_ROWS, pages, rowAt, useList } from './store.ts';

vi.stubGlobal('document', { hidden: false, addEventListener: () => undefined });

type ListInput = ListQuery & { offset?: number; limit: number };

/** An engine with so many pairs, the newest first, that answers when it is told to. */
class FakeEngine {
  newest = 10_000;
  readonly asked: ListInput[] = [];
  mostAtOnce = 0;
  #waiting: (() => void)[] = [];

  readonly client = {
    pairs: {
      list: async (input: ListInput) => {
        this.asked.push(input);
        const highest = Math.min(this.newest, input.upTo ?? this.newest);
        const offset = input.offset ?? 0;
        await new Promise<void>((resolve) => {
          this.#waiting.push(resolve);
          this.mostAtOnce = Math.max(this.mostAtOnce, this.#waiting.length);
        });
        const rows = Array.from(
          { length: Math.max(0, Math.min(input.limit, highest - offset)) },
          (_, at) => ({ id: highest - offset - at, state: 'done' }) as PairSummary,
        );
        return { rows, offset, total: highest, hiddenNoise: 0, revision: 1, complete: true };
      },
    },
  } as unknown as EngineClient;

  /** Answers what was asked, and what is asked because of the answers. */
  async answer(): Promise<void> {
    while (this.#waiting.length > 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  }
}

let engine: FakeEngine;

startList();

beforeEach(async () => {
  engine = new FakeEngine();
  pages.clear();
  useList.setState(useList.getInitialState());
  useEngine.setState({ client: engine.client, link: 'open' });
  setQuestion({ filter: '' });
  see(0, 30);
  await engine.answer();
});

describe('the list', () => {
  it('holds the page in sight, not the store', () => {
    expect(useList.getState().total).toBe(10_000);
    expect(rowAt(0)?.id).toBe(10_000);
    expect(pages.size).toBe(1);
  });

  it('fetches what comes into sight, a few requests at a time', async () => {
    for (let first = 0; first < 9_000; first += 300) see(first, first + 30);
    await engine.answer();
    expect(rowAt(8_710)?.id).toBe(10_000 - 8_710);
    expect(engine.mostAtOnce).toBeLessThanOrEqual(4);
    expect(engine.asked.length).toBeLessThan(20);
  });

  it('stands still on a bounded question, so that positions keep their rows', async () => {
    standStill();
    engine.newest = 12_000;
    see(500, 530);
    await engine.answer();
    expect(engine.asked.at(-1)).toMatchObject({ filter: '', upTo: 10_000 });
    expect(rowAt(500)?.id).toBe(9_500);
    expect(rowAt(0)?.id).toBe(10_000);
    expect(useList.getState().total).toBe(10_000);
  });

  it('drops answers that were asked for before it stood still', async () => {
    see(0, 130);
    engine.newest = 10_007;
    standStill();
    await engine.answer();
    expect(rowAt(PAGE_ROWS)?.id).toBe(10_000 - PAGE_ROWS);
  });

  it('follows again when asked to', async () => {
    standStill();
    engine.newest = 10_500;
    follow();
    await engine.answer();
    expect(useList.getState().boundary).toBeNull();
    expect(rowAt(0)?.id).toBe(10_500);
  });

  it('keeps the old rows until a new question is answered, and drops late answers to the old one', async () => {
    see(300, 330);
    setQuestion({ filter: 'status=500' });
    expect(rowAt(0)?.id).toBe(10_000);
    expect(useList.getState().loading).toBe(true);
    engine.newest = 40;
    await engine.answer();
    expect(useList.getState()).toMatchObject({ loading: false, total: 10_000 });
    expect(engine.asked.at(-1)).toMatchObject({ filter: 'status=500' });
    expect(rowAt(300)).toBeUndefined();
  });

  it('selects a row that has not come yet as soon as it has', async () => {
    selectIndex(7_000);
    expect(useList.getState()).toMatchObject({ selectedIndex: 7_000, selectedId: null });
    see(6_980, 7_010);
    await engine.answer();
    expect(useList.getState().selectedId).toBe(3_000);
  });

  it('says what is wrong when the engine refuses, and goes on with the next question', async () => {
    useEngine.setState({
      client: { pairs: { list: () => Promise.reject(new Error('There is no field “foo”.')) } } as unknown as EngineClient,
    });
    setQuestion({ filter: 'foo:bar' });
    await vi.waitFor(() => expect(useList.getState().problem).toBe('There is no field “foo”.'));
    useEngine.setState({ client: engine.client });
    setQuestion({ filter: '' });
    await engine.answer();
    expect(useList.getState().problem).toBe('');
  });
});
