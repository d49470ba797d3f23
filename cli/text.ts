import { styleText } from 'node:util';

/**
 * Captured text for a terminal. It is hostile: escape sequences could move the cursor, rename the window or type commands, and
 * direction marks make text read as something else. They are shown, not sent.
 */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

/** The same for text of several lines: line ends and tabs stay. */
export function printableLines(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unprintableInLines, escaped);
}

// C0 and C1 controls, DEL, line separators, marks and overrides of writing direction, and the invisible byte order mark.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const unprintableInLines = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

export type Style = Parameters<typeof styleText>[0];

/** In colour where stdout is a terminal that shows it and `NO_COLOR` is not set. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** `48 ms`, `1.20 s`; empty for null. */
export function duration(millis: number | null): string {
  if (millis === null) return '';
  if (millis < 10) return `${millis.toFixed(1)} ms`;
  if (millis < 1_000) return `${Math.round(millis)} ms`;
  return millis < 60_000 ? `${(millis / 1_000).toFixed(2)} s` : `${Math.round(millis / 1_000)} s`;
}

/** `214 B`, `1.5 KB`. */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Local time, with the date unless it is today. */
export function localTime(iso: string, { millis = true, now = new Date() }: { millis?: boolean; now?: Date } = {}): string {
  const date = new Date(iso);
  const fraction = millis ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : '';
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${fraction}`;
  if (date.toDateString() === now.toDateString()) return time;
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** `1 pair`, `2 pairs`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}
