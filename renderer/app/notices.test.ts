import { expect, it } from 'vitest';
import type { Notice } from '../../proxy-core/api/contract.ts';
import { containerOf, noticesInSight } from './notices.ts';

const notice = (id: string, level: Notice['level'], second: number): Notice => ({
  id,
  level,
  text: `${id}: something`,
  at: `2026-11-20T10:00:0${second}Z`,
});

it('shows the gravest and newest, and counts the rest', () => {
  const notices = [notice('a', 'info', 1), notice('b', 'info', 2), notice('c', 'error', 0), notice('d', 'warning', 3)];
  const { shown, more } = noticesInSight(notices, false);
  expect([shown.map(({ id }) => id), more]).toEqual([['c', 'd'], 2]);
  expect(noticesInSight(notices, true).shown.map(({ id }) => id)).toEqual(['c', 'd', 'b', 'a']);
  expect(noticesInSight(notices.slice(0, 3), false).more).toBe(0);
});

it('finds the container that a notice begins with', () => {
  expect(containerOf(notice('shop-web-1', 'info', 0), ['shop-web', 'shop-web-1'])).toBe('shop-web-1');
  expect(containerOf(notice('other', 'info', 0), ['shop-web'])).toBeUndefined();
});
