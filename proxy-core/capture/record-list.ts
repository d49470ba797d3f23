import type { OpenRecord } from './open-record.ts';

/** A doubly linked list through the records themselves: joining and leaving cost no allocation and no search. */
export class RecordList {
  first: OpenRecord | null = null;
  #last: OpenRecord | null = null;

  append(record: OpenRecord): void {
    record.list = this;
    record.previous = this.#last;
    record.next = null;
    if (this.#last === null) this.first = record;
    else this.#last.next = record;
    this.#last = record;
  }

  remove(record: OpenRecord): void {
    if (record.previous === null) this.first = record.next;
    else record.previous.next = record.next;
    if (record.next === null) this.#last = record.previous;
    else record.next.previous = record.previous;
    record.list = null;
    record.previous = null;
    record.next = null;
  }
}
