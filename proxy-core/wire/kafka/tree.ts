import { limits } from '../../limits.ts';
import type { Field } from './schema.ts';
import type { Visitor } from './walker.ts';

/** Bytes that stand where they are told, negative in number where there are none. */
export interface Place {
  at: number;
  length: number;
}

/** Elements of an array are alike: values, or the fields of each. */
export type Value = number | bigint | string | null | Place | Struct | Value[];

export function isPlace(value: Value): value is Place {
  return typeof value === 'object' && value !== null && 'at' in value && 'length' in value && !Array.isArray(value);
}

/** The fields of a message, or of an element in it. */
export class Struct {
  fields: (readonly [field: Field, value: Value])[] = [];

  get(name: string): Value | undefined {
    return this.fields.find(([field]) => field.name === name)?.[1];
  }

  /** A text or a number as text, and those in an array with blanks between them; empty where there is none. */
  text(name: string): string {
    const value = this.get(name);
    return (Array.isArray(value) ? value : [value])
      .filter((each) => typeof each === 'string' || typeof each === 'number' || typeof each === 'bigint')
      .join(' ');
  }
}

/** Makes of a message what it says, for somebody who looks at it. */
export class Tree implements Visitor {
  readonly all = true;
  readonly root = new Struct();
  readonly #structs: Struct[] = [this.root];
  readonly #arrays: (Value[] | null)[] = [];
  #elements = 0;
  /** There was more than is kept. */
  full = false;

  number(field: Field, value: number | bigint): void {
    this.#add(field, value);
  }

  text(field: Field, value: string | null): void {
    this.#add(field, value);
  }

  bytes(field: Field, at: number, length: number): void {
    this.#add(field, { at, length });
  }

  tagged(tags: Field, number: number, at: number, length: number): void {
    const known = tags.of.find(({ tag }) => tag === number);
    if (this.#more())
      this.#add(known ?? { ...tags, name: `${tags.name} tag ${String(number)}`.trim(), of: [], tag: number }, { at, length });
  }

  open(field: Field, count: number): void {
    const array: Value[] | null = count < 0 ? null : [];
    this.#add(field, array);
    this.#arrays.push(array);
    // Fields that nobody keeps, where there are no elements but values.
    this.#structs.push(new Struct());
  }

  item(): void {
    const array = this.#arrays.at(-1);
    this.#structs.pop();
    const struct = new Struct();
    this.#structs.push(struct);
    if (this.#more()) array?.push(struct);
  }

  close(field: Field): void {
    const array = this.#arrays.pop();
    this.#structs.pop();
    // An element that is one value is that value.
    if (array && field.of[0]?.name === '' && field.of[0].kind !== 'tags') {
      for (const [index, element] of array.entries()) if (element instanceof Struct) array[index] = element.fields[0]?.[1] ?? null;
    }
  }

  #add(field: Field, value: Value): void {
    this.#structs.at(-1)?.fields.push([field, value]);
  }

  #more(): boolean {
    this.#elements += 1;
    if (this.#elements > limits.kafkaElements) this.full = true;
    return !this.full;
  }
}
