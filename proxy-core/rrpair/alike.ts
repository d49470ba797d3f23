/** So many calls that differ in their values only are one line: an N+1 query is seen as what it is. */
const FOLDED_FROM = 3;

/** Groups what is alike, where there are several of it; the rest stands alone. In the order in which the first of each came. */
export function foldAlike<Item>(items: readonly Item[], likenessOf: (item: Item) => string): Item[][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(likenessOf(item), (counts.get(likenessOf(item)) ?? 0) + 1);
  const groups: Item[][] = [];
  const known = new Map<string, Item[]>();
  for (const item of items) {
    const likeness = likenessOf(item);
    const group = known.get(likeness);
    if (group !== undefined) {
      group.push(item);
      continue;
    }
    const made = [item];
    groups.push(made);
    if ((counts.get(likeness) ?? 0) >= FOLDED_FROM) known.set(likeness, made);
  }
  return groups;
}
