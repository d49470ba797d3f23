import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdList } from './id-list.ts';

const id = fc.integer({ min: 1, max: 200 });
const change = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), id }),
  fc.record({ kind: fc.constant('remove' as const), id }),
  fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ kind: fc.constant('prepend' as const), count: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ kind: fc.constant('removeUpTo' as const), id, kept: fc.array(id, { maxLength: 5 }) }),
);

test('is a sorted list of different ids, whatever is done to it', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.nat(50), fc.nat(20), (changes, offset, limit) => {
      const list = new IdList();
      let model: number[] = [];
      for (const each of changes) {
        switch (each.kind) {
          case 'add':
            list.add(each.id);
            model = [...new Set([...model, each.id])].toSorted((a, b) => a - b);
            break;
          case 'remove':
            list.remove(each.id);
            model = model.filter((item) => item !== each.id);
            break;
          case 'append': {
            const from = (model.at(-1) ?? 0) + 1;
            const ids = Array.from({ length: each.count }, (_, index) => from + index * 2);
            list.append(ids);
            model = [...model, ...ids];
            break;
          }
          case 'prepend': {
            const to = (model[0] ?? 0) - 1;
            const ids = Array.from({ length: each.count }, (_, index) => to - index).toReversed();
            list.prepend(ids);
            model = [...ids, ...model];
            break;
          }
          case 'removeUpTo': {
            const kept = new Set(each.kept);
            list.removeUpTo(each.id, kept);
            model = model.filter((item) => item > each.id || kept.has(item));
            break;
          }
        }
      }
      expect(list.length).toBe(model.length);
      expect([...list.all(false)]).toEqual(model);
      expect([...list.all(true)]).toEqual(model.toReversed());
      expect(list.page(offset, limit, false)).toEqual(model.slice(offset, offset + limit));
      expect(list.page(offset, limit, true)).toEqual(model.toReversed().slice(offset, offset + limit));
      expect(list.at(offset)).toBe(model[offset]);
    }),
    { numRuns: 2_000 },
  );
});
