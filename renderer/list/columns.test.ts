import { describe, expect, it } from 'vitest';
import { allColumns, type ColumnChoice, layoutOf, movedBefore, orderedColumns, usualColumns } from './columns.ts';

const ids = (choice: ColumnChoice, several: boolean, width: number): string[] =>
  layoutOf(choice, several, width).columns.map(({ id }) => id);

describe('layoutOf', () => {
  it('tells sources apart where there are several, or when asked to', () => {
    expect(ids(usualColumns, false, 1_400)).not.toContain('source');
    expect(ids(usualColumns, true, 1_400)).toContain('source');
    expect(ids({ ...usualColumns, shown: { source: true } }, false, 1_400)).toContain('source');
    expect(ids({ ...usualColumns, shown: { source: false } }, true, 1_400)).not.toContain('source');
  });

  it('lets columns leave in a narrow list, those missed least first, and never all', () => {
    const widths = [1_400, 700, 600, 500, 400, 200];
    const counts = widths.map((width) => ids(usualColumns, false, width).length);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    expect(ids(usualColumns, false, 600)).not.toContain('technology');
    expect(ids(usualColumns, false, 0)).toEqual(['direction', 'location', 'status', 'latency']);
  });

  it('fits into the width that it is given as long as anything may leave', () => {
    for (let width = 420; width < 1_600; width += 37) {
      expect(layoutOf(usualColumns, true, width).least).toBeLessThanOrEqual(width);
    }
  });

  it('keeps what the user showed and how wide he made it', () => {
    const choice = { ...usualColumns, shown: { protocol: true, size: false }, widths: { host: 300 } };
    const layout = layoutOf(choice, false, 500);
    expect(layout.columns.map(({ id }) => id)).toContain('protocol');
    expect(layoutOf(choice, false, 1_400).template).toContain('300px');
    expect(layoutOf(choice, false, 1_400).columns.map(({ id }) => id)).not.toContain('size');
  });

  it('gives what is left over to nobody when all have a width of their own', () => {
    const widths = Object.fromEntries(allColumns.map(({ id }) => [id, 60]));
    expect(layoutOf({ ...usualColumns, widths }, false, 1_400).template).toMatch(/minmax\(0, 1fr\)$/);
  });
});

describe('the order', () => {
  it('moves a column before another, and to the end', () => {
    const order = movedBefore(usualColumns, 'status', 'time');
    expect(order.slice(0, 2)).toEqual(['status', 'time']);
    expect(movedBefore({ ...usualColumns, order }, 'status', null).at(-1)).toBe('status');
    expect(movedBefore(usualColumns, 'host', 'host')).toEqual(allColumns.map(({ id }) => id));
  });

  it('has a place for columns that it does not know, and none for those that are gone', () => {
    const ordered = orderedColumns({ ...usualColumns, order: ['status', 'gone', 'host', 'host'] }).map(({ id }) => id);
    expect(ordered).toHaveLength(allColumns.length);
    expect(ordered.indexOf('latency')).toBe(ordered.indexOf('status') + 1);
    expect(ordered.indexOf('location')).toBe(ordered.indexOf('host') + 1);
  });
});
