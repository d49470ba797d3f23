const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Bytes in units of 1,000, with at most three digits: `214 B`, `1.2 KB`, `48 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? ''}`;
}

/** A time span given in milliseconds: `0.42 ms`, `4.2 ms`, `48 ms`, `1.24 s`, `2 m 05 s`. */
export function formatMs(ms: number): string {
  if (ms < 0.995) return `${ms.toFixed(2)} ms`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${ms.toFixed(0)} ms`;
  if (ms < 59_995) return `${(ms / 1_000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Where a latency stands between 0.1 ms and 10 s on a logarithmic scale, 0…1. */
export function latencyFraction(ms: number): number {
  const fraction = (Math.log10(Math.max(ms, 0.1)) + 1) / 5;
  return Math.min(1, Math.max(0.04, fraction));
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The time of day in the user's zone to the millisecond, after the date when that is not today. */
export function formatClock(iso: string, now: Date = new Date()): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  const clock = `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`;
  if (date.toDateString() !== now.toDateString()) return `${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())} ${clock}`;
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const counts = new Intl.NumberFormat('en-US');

export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 pair`, `2 pairs`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
