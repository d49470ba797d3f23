import { type CaseName, type Entry, inContainer, type TargetName } from './lib/types.ts';

const number = (value: number | null, digits: number): string =>
  value === null ? '–' : value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });

/** A case as a table, with each target's throughput as a ratio of the others a reader compares with. */
export function table(name: CaseName, entries: readonly Entry[]): string {
  const of = (target: TargetName): number | null => speed(entries.find((entry) => entry.target === target));
  const others = comparedWith(name);
  const rows = entries.map((entry) => {
    if (entry.skipped !== undefined) return [entry.target, entry.skipped];
    const own = speed(entry);
    const ratio = (other: number | null): string =>
      own === null || other === null || other === 0 ? '–' : (own / other).toFixed(2);
    return [
      entry.target,
      entry.connections === null
        ? entry.megabytesPerSecond === null
          ? number(entry.requestsPerSecond, 0)
          : `${number(entry.megabytesPerSecond, 0)} MB`
        : `${number(entry.connections, 0)} held`,
      number(entry.p50Ms, 2),
      number(entry.p99Ms, 2),
      ...others.map((other) => ratio(of(other))),
      entry.storedRatio === null ? '–' : entry.storedRatio.toFixed(4),
      number(entry.rssMb, 0),
      number(entry.rssAfterMb, 0),
    ];
  });
  const header = ['target', 'per second', 'p50 ms', 'p99 ms', ...others.map((other) => `× ${other}`), 'stored', 'MB', 'MB after'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.filter((row) => row.length > 2).map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(Math.max(16, widths[0] ?? 0)) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [`\n${name}`, line(header), ...rows.map(line)].join('\n');
}

function comparedWith(name: CaseName): readonly TargetName[] {
  if (inContainer(name)) return ['direct', 'docker-bridge'];
  if (name === 'redis' || name === 'postgres') return ['direct', 'splice'];
  return ['direct', name === 'h2' ? 'nghttpx' : 'nginx', 'splice'];
}

function speed(entry: Entry | undefined): number | null {
  return entry?.megabytesPerSecond ?? entry?.requestsPerSecond ?? null;
}
