/** Ids and what they are sorted by, in order. */
export interface Run {
  ids: Float64Array<ArrayBuffer>;
  keys: Float64Array | string[];
}

/** Steps of a merge between two looks at the clock. */
const STEPS = 16_384;

/** Sorts a stretch. What has no value comes last in either direction; what is equal stays in the order of time. */
export function sortedRun(ids: readonly number[], keys: readonly (number | string | null)[], descending: boolean): Run {
  const order = ids.map((_, index) => index);
  if (keys.some((key) => typeof key === 'string')) {
    const texts = keys.map((key) => (typeof key === 'string' ? key : ''));
    order.sort((a, b) => compare(texts[a] ?? '', texts[b] ?? '', descending) || byTime(a, b, descending));
    return { ids: Float64Array.from(order, (index) => ids[index] ?? 0), keys: order.map((index) => texts[index] ?? '') };
  }
  const numbers = keys.map((key) => (typeof key === 'number' ? key : missing(descending)));
  order.sort((a, b) => compare(numbers[a] ?? 0, numbers[b] ?? 0, descending) || byTime(a, b, descending));
  return {
    ids: Float64Array.from(order, (index) => ids[index] ?? 0),
    keys: Float64Array.from(order, (index) => numbers[index] ?? 0),
  };
}

/** Merges runs into one, giving way after every so many steps. */
export function* mergeRuns(runs: readonly Run[], descending: boolean): Generator<undefined, Run> {
  let level = [...runs];
  while (level.length > 1) {
    const next: Run[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const [a, b] = [level[index], level[index + 1]];
      if (a !== undefined) next.push(b === undefined ? a : yield* mergeTwo(a, b, descending));
    }
    level = next;
  }
  return level[0] ?? { ids: new Float64Array(0), keys: new Float64Array(0) };
}

function* mergeTwo(a: Run, b: Run, descending: boolean): Generator<undefined, Run> {
  const length = a.ids.length + b.ids.length;
  const merged: Run = {
    ids: new Float64Array(length),
    keys: Array.isArray(a.keys) || Array.isArray(b.keys) ? [] : new Float64Array(length),
  };
  let [left, right] = [0, 0];
  for (let at = 0; at < length; at += 1) {
    const takeLeft = right >= b.ids.length || (left < a.ids.length && isBefore(a, left, b, right, descending));
    const [run, index] = takeLeft ? [a, left++] : [b, right++];
    merged.ids[at] = run.ids[index] ?? 0;
    merged.keys[at] = run.keys[index] ?? 0;
    if (at % STEPS === STEPS - 1) yield;
  }
  return merged;
}

function isBefore(a: Run, left: number, b: Run, right: number, descending: boolean): boolean {
  const order = compare(a.keys[left] ?? 0, b.keys[right] ?? 0, descending);
  if (order !== 0) return order < 0;
  return byTime(a.ids[left] ?? 0, b.ids[right] ?? 0, descending) < 0;
}

function compare<T extends number | string>(a: T, b: T, descending: boolean): number {
  if (a === b) return 0;
  return a < b === descending ? 1 : -1;
}

function byTime(a: number, b: number, descending: boolean): number {
  return descending ? b - a : a - b;
}

function missing(descending: boolean): number {
  return descending ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
