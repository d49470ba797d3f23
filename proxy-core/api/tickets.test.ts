import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { Tickets } from './tickets.ts';

test('a ticket is good once', () => {
  const tickets = new Tickets();
  const ticket = tickets.issue();
  expect(tickets.redeem('other')).toBe(false);
  expect([tickets.redeem(ticket), tickets.redeem(ticket)]).toEqual([true, false]);
});

test('a ticket that is too old is good for nothing', () => {
  const tickets = new Tickets(0);
  expect(tickets.redeem(tickets.issue())).toBe(false);
});

test('the oldest give way', () => {
  const tickets = new Tickets();
  const all = Array.from({ length: limits.tickets + 1 }, () => tickets.issue());
  expect(all.map((ticket) => tickets.redeem(ticket))).toEqual(all.map((_, index) => index > 0));
});
