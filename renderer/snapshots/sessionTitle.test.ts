import { expect, test } from 'vitest';
import { sessionTitle } from './sessionTitle.ts';

const now = new Date(2026, 10, 21, 18, 0);

test.each([
  [new Date(2026, 10, 21, 9, 5), 'Today, 09:05'],
  [new Date(2026, 10, 20, 14, 2), '20 Nov, 14:02'],
  [new Date(2025, 0, 3, 0, 0), '3 Jan 2025, 00:00'],
])('a session is called by when it began', (began, title) => {
  expect(sessionTitle({ startedAt: began.toISOString(), current: false }, now)).toBe(title);
});

test('the one that goes on is called so, and one without a date too', () => {
  expect(sessionTitle({ startedAt: now.toISOString(), current: true }, now)).toBe('This session');
  expect(sessionTitle({ startedAt: '', current: false }, now)).toBe('Earlier');
});
