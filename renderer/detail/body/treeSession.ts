import { isAbort, sentenceOf } from '../../api/client.ts';
import { PageCache } from '../../list/pageCache.ts';
import type { RowRange, TreeAct, TreeRow, TreeState } from './work/tree.ts';
import type { TreeKind } from './work/work.ts';
import type { BodyWorker } from './worker.ts';

const PAGE_ROWS = 100;
/** Rows that are kept; the others are asked for again when they come into sight. */
const MOST_PAGES = 40;
/** Pages asked for at the same time: dragging the bar must not queue up hundreds. */
const MOST_QUESTIONS = 4;
/** Rows beyond what is in sight that are fetched ahead. */
const AHEAD_ROWS = 60;

/** What the window knows of a tree that is read elsewhere: how many rows it has, and those near to what is in sight. */
export class TreeSession {
  readonly worker: BodyWorker;
  readonly as: TreeKind;
  state: TreeState;
  /** The row that the user is at; null for none. */
  current: number | null = null;
  /** The line that stands there; -1 for none, and while it is not known. */
  currentLine = -1;
  /** Why it cannot be shown, as a sentence. */
  problem = '';
  #pages = new PageCache<TreeRow>(PAGE_ROWS, MOST_PAGES);
  #sight: RowRange = { first: 0, end: 0 };
  readonly #underWay = new Set<number>();
  #acts: Promise<void> = Promise.resolve();
  #pending = 0;
  /** Rises with every change, for whoever draws it. */
  #revision = 0;
  readonly #listeners = new Set<() => void>();

  constructor(worker: BodyWorker, as: TreeKind, state: TreeState) {
    this.worker = worker;
    this.as = as;
    this.state = state;
    this.look({ first: 0, end: PAGE_ROWS });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly revision = (): number => this.#revision;

  row(index: number): TreeRow | undefined {
    return this.#pages.row(index);
  }

  select(row: number | null): void {
    this.current = row === null || this.state.count === 0 ? null : Math.min(this.state.count - 1, Math.max(0, row));
    this.currentLine = -1;
    this.#changed();
  }

  /** Says which rows are in sight. */
  look(sight: RowRange): void {
    this.#sight = sight;
    this.#fetchMissing();
  }

  /** Changes the tree. The rows from before stay until those of the changed one are there. */
  act(act: TreeAct): void {
    this.#queue(async () => {
      try {
        const { state, row } = await this.worker.do({ what: 'treeAct', as: this.as, act, keep: this.currentLine });
        await this.#turnTo(state, row);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Does what depends on how the tree looks: when the changes that were asked for before are through. */
  afterwards(action: () => void): void {
    if (this.#pending === 0) action();
    else this.#queue(async () => action());
  }

  #queue(work: () => Promise<void>): void {
    this.#pending += 1;
    this.#acts = this.#acts.then(work).finally(() => {
      this.#pending -= 1;
    });
  }

  async #turnTo(state: TreeState, row: number): Promise<void> {
    const pages = new PageCache<TreeRow>(PAGE_ROWS, MOST_PAGES);
    const height = this.#sight.end - this.#sight.first;
    const first = Math.max(0, Math.min(this.#sight.first, state.count - height));
    const wanted = new Set(pages.pagesOf(first, Math.min(state.count, first + height)));
    if (row >= 0) for (const page of pages.pagesOf(row - height, Math.min(state.count, row + height))) wanted.add(page);
    const answers = await Promise.all([...wanted].map(async (page) => ({ page, rows: await this.#ask(page) })));
    for (const { page, rows } of answers) if (rows.version === state.version) pages.put(page, rows.rows);
    this.#pages = pages;
    this.#underWay.clear();
    this.state = state;
    this.current = row >= 0 ? row : null;
    this.currentLine = -1;
    this.#changed();
  }

  #ask(page: number): Promise<{ version: number; rows: TreeRow[] }> {
    const range = { first: page * PAGE_ROWS, end: (page + 1) * PAGE_ROWS };
    return this.worker.do({ what: 'treeRows', as: this.as, range });
  }

  async #fetch(page: number): Promise<void> {
    const { version } = this.state;
    this.#underWay.add(page);
    try {
      const answer = await this.#ask(page);
      if (version !== this.state.version || answer.version !== version) return;
      this.#underWay.delete(page);
      this.#pages.put(page, answer.rows);
      this.#changed();
      this.#fetchMissing();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fetchMissing(): void {
    const { first, end } = this.#sight;
    const pages = this.#pages.pagesOf(first - AHEAD_ROWS, Math.min(this.state.count, end + AHEAD_ROWS));
    this.#pages.touch(pages);
    for (const page of pages) {
      if (this.#underWay.size >= MOST_QUESTIONS) return;
      if (!this.#pages.has(page) && !this.#underWay.has(page)) void this.#fetch(page);
    }
  }

  #fail(error: unknown): void {
    if (isAbort(error)) return;
    this.problem = sentenceOf(error);
    this.#changed();
  }

  #changed(): void {
    if (this.current !== null && this.currentLine < 0) this.currentLine = this.row(this.current)?.line ?? -1;
    this.#revision += 1;
    for (const listener of this.#listeners) listener();
  }
}
