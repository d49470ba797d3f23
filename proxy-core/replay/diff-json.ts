import type { Difference } from '../rrpair/results.ts';
import { isNoiseChange } from './noise.ts';

type Json = Readonly<Record<string, unknown>>;

/** Nesting that is compared member by member; what lies deeper is compared as a whole. */
const DEPTH = 100;

/** Longest text of a value in a difference. */
const VALUE_CHARS = 500;

/** Differences of two JSON values by path (`$.items[0].id`, RFC 9535 normal form but for dots), at most `most`. */
export function diffJson(before: unknown, after: unknown, most: number): Difference[] {
  const found: Difference[] = [];
  compare('$', '', before, after, 0, found, most);
  return found;
}

function compare(
  path: string,
  name: string,
  before: unknown,
  after: unknown,
  depth: number,
  found: Difference[],
  most: number,
): void {
  if (found.length >= most) return;
  if (depth < DEPTH && Array.isArray(before) && Array.isArray(after)) {
    compareArrays(path, name, before, after, depth, found, most);
  } else if (depth < DEPTH && isObject(before) && isObject(after)) {
    compareObjects(path, before, after, depth, found, most);
  } else {
    const one = JSON.stringify(before);
    const two = JSON.stringify(after);
    if (one !== two) {
      const noise = typeof before === typeof after && isNoiseChange(name, plain(before), plain(after));
      push(found, most, { path, kind: 'changed', before: shorten(one), after: shorten(two), noise });
    }
  }
}

function compareObjects(path: string, before: Json, after: Json, depth: number, found: Difference[], most: number): void {
  for (const [key, value] of Object.entries(before)) {
    const at = path + member(key);
    if (Object.hasOwn(after, key)) compare(at, key, value, after[key], depth + 1, found, most);
    else push(found, most, { path: at, kind: 'removed', before: shorten(JSON.stringify(value)), after: null, noise: false });
  }
  for (const [key, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, key)) {
      push(found, most, {
        path: path + member(key),
        kind: 'added',
        before: null,
        after: shorten(JSON.stringify(value)),
        noise: false,
      });
    }
  }
}

/** Equal starts and ends are paired off first, so that one element put in or taken out does not make all that follow it differ. */
function compareArrays(
  path: string,
  name: string,
  before: readonly unknown[],
  after: readonly unknown[],
  depth: number,
  found: Difference[],
  most: number,
): void {
  let start = 0;
  let tail = 0;
  if (before.length !== after.length) {
    const shorter = Math.min(before.length, after.length);
    while (start < shorter && same(before[start], after[start])) start += 1;
    while (tail < shorter - start && same(before[before.length - 1 - tail], after[after.length - 1 - tail])) tail += 1;
  }
  const paired = Math.min(before.length, after.length) - tail;
  for (let i = start; i < paired; i++) compare(`${path}[${String(i)}]`, name, before[i], after[i], depth + 1, found, most);
  for (let i = Math.max(paired, start); i < before.length - tail; i++) {
    push(found, most, {
      path: `${path}[${String(i)}]`,
      kind: 'removed',
      before: shorten(JSON.stringify(before[i])),
      after: null,
      noise: false,
    });
  }
  for (let i = Math.max(paired, start); i < after.length - tail; i++) {
    push(found, most, {
      path: `${path}[${String(i)}]`,
      kind: 'added',
      before: null,
      after: shorten(JSON.stringify(after[i])),
      noise: false,
    });
  }
}

function same(one: unknown, two: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(two);
}

function push(found: Difference[], most: number, difference: Difference): void {
  if (found.length < most) found.push(difference);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shorten(text: string): string {
  return text.length > VALUE_CHARS ? `${text.slice(0, VALUE_CHARS)}…` : text;
}
