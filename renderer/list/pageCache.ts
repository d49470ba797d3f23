/** Pages of a long list by position; the least recently used ones leave when there are too many. */
export class PageCache<Row> {
  readonly pageRows: number;
  readonly #mostPages: number;
  /** In order of use, the most recent last. */
  readonly #pages = new Map<number, readonly Row[]>();

  constructor(pageRows: number, mostPages: number) {
    this.pageRows = pageRows;
    this.#mostPages = mostPages;
  }

  get size(): number {
    return this.#pages.size;
  }

  pageOf(index: number): number {
    return Math.floor(index / this.pageRows);
  }

  /** Numbers of the pages that hold the rows from `first` up to, not including, `end`. */
  pagesOf(first: number, end: number): number[] {
    const pages: number[] = [];
    for (let page = this.pageOf(Math.max(0, first)); page * this.pageRows < end; page += 1) pages.push(page);
    return pages;
  }

  row(index: number): Row | undefined {
    return this.#pages.get(this.pageOf(index))?.[index % this.pageRows];
  }

  page(page: number): readonly Row[] | undefined {
    return this.#pages.get(page);
  }

  has(page: number): boolean {
    return this.#pages.has(page);
  }

  put(page: number, rows: readonly Row[]): void {
    this.#pages.delete(page);
    this.#pages.set(page, rows);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#mostPages) break;
      this.#pages.delete(oldest);
    }
  }

  /** Marks pages as used, so that others leave first. */
  touch(pages: readonly number[]): void {
    for (const page of pages) {
      const rows = this.#pages.get(page);
      if (rows !== undefined) this.put(page, rows);
    }
  }

  keepOnly(pages: readonly number[]): void {
    const kept = new Set(pages);
    for (const page of this.#pages.keys()) if (!kept.has(page)) this.#pages.delete(page);
  }

  /** Changes the rows in place of which `change` returns another. */
  update(change: (row: Row) => Row): void {
    for (const [page, rows] of this.#pages) this.#pages.set(page, rows.map(change));
  }

  *entries(): Generator<[index: number, row: Row]> {
    for (const [page, rows] of this.#pages) {
      for (const [at, row] of rows.entries()) yield [page * this.pageRows + at, row];
    }
  }

  clear(): void {
    this.#pages.clear();
  }
}
