import { expect, test } from 'vitest';
import { table } from './table.ts';
import { count, duration, localTime, printable, printableLines, size } from './text.ts';

test('captured text cannot act on a terminal, or mislead its reader', () => {
  expect(printable('a\u001b[2Jb\u009b31m\u0007\u007f')).toBe('a\\x1b[2Jb\\x9b31m\\x07\\x7f');
  expect(printable('line\r\nline\ttab')).toBe('line\\r\\nline\\ttab');
  expect(printable('user\u202egnp.exe\u2066\ufeff')).toBe('user\\u202egnp.exe\\u2066\\ufeff');
  expect(printable('grüße, 你好 👋')).toBe('grüße, 你好 👋');
  expect(printableLines('a\r\nb\tc\u001bd\re')).toBe('a\nb\tc\\x1bd\\re');
});

test('durations, sizes and counts read well', () => {
  expect([0.04, 3.26, 48.4, 999.4, 1_200, 75_400].map(duration)).toEqual(['0.0 ms', '3.3 ms', '48 ms', '999 ms', '1.20 s', '75 s']);
  expect(duration(null)).toBe('');
  expect([0, 214, 1_536, 150_000, 5_368_709_120].map(size)).toEqual(['0 B', '214 B', '1.5 KB', '146 KB', '5.0 GB']);
  expect([count(1, 'pair'), count(2_000, 'pair')]).toEqual(['1 pair', '2,000 pairs']);
});

test('times are local, and have a date unless it is today', () => {
  const now = new Date(2026, 10, 20, 12, 0, 0);
  const today = new Date(2026, 10, 20, 9, 5, 7, 42).toISOString();
  expect(localTime(today, { now })).toBe('09:05:07.042');
  expect(localTime(today, { now, millis: false })).toBe('09:05:07');
  expect(localTime(new Date(2026, 10, 19, 23, 59, 59).toISOString(), { now })).toBe('2026-11-19 23:59:59.000');
});

test('columns align, and shrink where they may', () => {
  const columns = [{ title: 'N', align: 'right' as const }, { title: 'NAME', shrinkTo: 5 }, { title: 'END' }];
  const rows = [
    ['1', 'short', 'x'],
    ['22', 'a rather long name', 'y'],
  ];
  expect(table(columns, rows)).toEqual([' N  NAME                END', ' 1  short               x', '22  a rather long name  y']);
  expect(table(columns, rows, 20)).toEqual([' N  NAME         END', ' 1  short        x', '22  a rather l…  y']);
  expect(table(columns, rows, 3)[2]).toBe('22  a ra…  y');
});
