import { assertNever } from '../errors.ts';
import type { Bound, NumberRange } from './ast.ts';
import type { Operator } from './lexer.ts';

/**
 * A value that was typed, in the unit of storage. It stands for everything that would be written the same: `200ms` for what is nearer to
 * 200 than to 199 or 201, `10:04` for that whole minute.
 */
export interface Quantity {
  value: number;
  /** First and (exclusive) last of what it stands for. */
  from: number;
  to: number;
  /** Counts from the present. */
  relative: boolean;
}

export type ReadQuantity = (text: string) => Quantity | null;

const MILLISECOND = 1_000;
const SECOND = 1_000 * MILLISECOND;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const durationUnits: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  μs: 1,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  min: MINUTE,
  h: HOUR,
};
const agoUnits: Readonly<Record<string, number>> = { ...durationUnits, d: DAY, w: 7 * DAY };
const sizeUnits: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 ** 2,
  mb: 1024 ** 2,
  g: 1024 ** 3,
  gb: 1024 ** 3,
};

/** µs; without a unit, milliseconds. */
export const readDuration: ReadQuantity = (text) => rounded(text, durationUnits, 'ms');

/** Bytes; kb, mb and gb are powers of 1024. */
export const readSize: ReadQuantity = (text) => rounded(text, sizeUnits, 'b');

/** A whole number, which stands for nothing but itself. */
export const readWhole: ReadQuantity = (text) => {
  if (!/^\d{1,15}$/.test(text)) return null;
  const value = Number(text);
  return { value, from: value, to: value + 1, relative: false };
};

function rounded(text: string, units: Readonly<Record<string, number>>, unitByDefault: string): Quantity | null {
  const match = /^(\d{1,12})(?:\.(\d{1,6}))?([a-zµμ]*)$/i.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = '', unit = ''] = match;
  const factor = units[unit === '' ? unitByDefault : unit.toLowerCase()];
  if (factor === undefined) return null;
  const value = Number(`${whole}.${fraction}0`) * factor;
  const step = factor / 10 ** fraction.length;
  return { value, from: value - step / 2, to: value + step / 2, relative: false };
}

/** A moment: `-5m`, `2026-11-20`, `2026-11-20T10:04:05.123Z`, `10:04`. Without a zone, that of this machine. */
export function readMoment(text: string, now: number): Quantity | null {
  return ago(text) ?? dated(text) ?? timeOfDay(text, now);
}

function ago(text: string): Quantity | null {
  const match = /^-(\d{1,9}(?:\.\d{1,6})?)([a-zµμ]+)$/i.exec(text);
  const factor = agoUnits[match?.[2]?.toLowerCase() ?? ''];
  if (match === null || factor === undefined) return null;
  const value = -Number(match[1]) * factor;
  return { value, from: value, to: Number.POSITIVE_INFINITY, relative: true };
}

const datePattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T_](\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6}))?)?)?)?(Z|[+-]\d\d:?\d\d)?$/i;

function dated(text: string): Quantity | null {
  const match = datePattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const parts = [
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour ?? 0),
    Number(minute ?? 0),
    Number(second ?? 0),
  ] as const;
  const millis = zone === undefined ? new Date(...parts).getTime() : Date.UTC(...parts) - offsetMillis(zone);
  if (!isCalendar(parts)) return null;
  const value = millis * 1000 + Number((fraction ?? '').padEnd(6, '0'));
  return { value, from: value, to: value + precision(hour, minute, second, fraction), relative: false };
}

function precision(hour?: string, minute?: string, second?: string, fraction?: string): number {
  if (hour === undefined) return DAY;
  if (minute === undefined) return HOUR;
  if (second === undefined) return MINUTE;
  return fraction === undefined ? SECOND : SECOND / 10 ** fraction.length;
}

/** Refuses the 31st of February and 25 o'clock, which `Date` carries over. */
function isCalendar(parts: readonly [number, number, number, number, number, number]): boolean {
  const [year, month, day, hour, minute, second] = parts;
  const date = new Date(Date.UTC(year, month, day));
  return date.getUTCMonth() === month && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
}

function offsetMillis(zone: string): number {
  if (zone.toUpperCase() === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

function pad(part: number): string {
  return String(part).padStart(2, '0');
}

/** Of today. */
function timeOfDay(text: string, now: number): Quantity | null {
  if (!/^\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?$/.test(text)) return null;
  const today = new Date(now);
  return dated(`${String(today.getFullYear())}-${pad(today.getMonth() + 1)}-${pad(today.getDate())}T${text}`);
}

/** The range that an operator and a value mean; null when the value cannot be read. `a..b` is a range whatever the operator. */
export function rangeOf(operator: Operator, text: string, read: ReadQuantity): NumberRange | null {
  const dots = text.indexOf('..');
  if (dots >= 0) {
    if (operator !== ':' && operator !== '=') return null;
    const [low, high] = [text.slice(0, dots), text.slice(dots + 2)];
    if (low === '' && high === '') return null;
    const [first, last] = [low === '' ? null : read(low), high === '' ? null : read(high)];
    if ((low !== '' && first === null) || (high !== '' && last === null)) return null;
    return { from: first === null ? null : bound(first, first.value, true), to: last === null ? null : lastOf(last) };
  }
  const quantity = read(text);
  if (quantity === null) return null;
  switch (operator) {
    case '>':
      return { from: bound(quantity, quantity.value, false), to: null };
    case '>=':
      return { from: bound(quantity, quantity.value, true), to: null };
    case '<':
      return { from: null, to: bound(quantity, quantity.value, false) };
    case '<=':
      return { from: null, to: lastOf(quantity) };
    case ':':
    case '=':
    case '!=':
      return { from: bound(quantity, quantity.from, true), to: upper(quantity) };
    case '~':
      return null;
    default:
      return assertNever(operator);
  }
}

/** Up to the end of a minute that was named, but no further than a number that was. */
function lastOf(quantity: Quantity): Bound {
  const isSpan = quantity.value === quantity.from && !quantity.relative;
  return isSpan ? bound(quantity, quantity.to, false) : bound(quantity, quantity.value, true);
}

function upper(quantity: Quantity): Bound | null {
  return quantity.to === Number.POSITIVE_INFINITY ? null : bound(quantity, quantity.to, false);
}

function bound(quantity: Quantity, value: number, inclusive: boolean): Bound {
  return { value, inclusive, relative: quantity.relative };
}
