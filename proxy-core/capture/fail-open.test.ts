import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { limits } from '../limits.ts';
import { FailOpen, type TlsParty } from './fail-open.ts';

const party: TlsParty = { clientAddress: '127.0.0.1', fingerprint: 'aa', destination: 'example.com:443' };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a refusal counts for that client and that destination, for a while', () => {
  const failOpen = new FailOpen();
  expect(failOpen.reason(party)).toBeNull();
  failOpen.refused(party, 'no trust', true);
  expect(failOpen.reason(party)).toBe('no trust');
  expect(failOpen.reason({ ...party, fingerprint: 'bb' })).toBeNull();
  expect(failOpen.reason({ ...party, clientAddress: '10.0.0.1' })).toBeNull();
  expect(failOpen.reason({ ...party, destination: 'example.com:8443' })).toBeNull();
  vi.advanceTimersByTime(limits.failOpenMillis + 1);
  expect(failOpen.reason(party)).toBeNull();
});

test('a silent close refuses at once, but twice for a client that has been seen to trust us', () => {
  const failOpen = new FailOpen();
  expect(failOpen.closedSilently(party, 'silent')).toBe(true);
  expect(failOpen.reason(party)).toBe('silent');

  const other = { ...party, fingerprint: 'bb' };
  failOpen.proven(other);
  expect(failOpen.closedSilently(other, 'silent')).toBe(false);
  failOpen.proven(other);
  expect(failOpen.closedSilently(other, 'silent')).toBe(false);
  expect(failOpen.closedSilently(other, 'silent')).toBe(true);
});

test('the longest unused is forgotten first', () => {
  const failOpen = new FailOpen();
  failOpen.refused(party, 'first', true);
  for (let i = 0; i < limits.failOpenEntries; i++) failOpen.refused({ ...party, destination: `d${i}:443` }, 'x', true);
  expect(failOpen.reason(party)).toBeNull();
  expect(failOpen.reason({ ...party, destination: 'd0:443' })).toBe('x');
});

test('whether a refusal is for want of trust is remembered, until all is forgotten', () => {
  const failOpen = new FailOpen();
  expect(failOpen.distrusts(party)).toBe(false);
  failOpen.refused(party, 'no trust', true);
  const other = { ...party, destination: 'old.example.com:443' };
  failOpen.refused(other, 'too old', false);
  expect(failOpen.distrusts(party)).toBe(true);
  expect(failOpen.distrusts(other)).toBe(false);
  failOpen.forget();
  expect(failOpen.distrusts(party)).toBe(false);
  expect(failOpen.reason(other)).toBeNull();
});

test('without an end a refusal counts for good', () => {
  const failOpen = new FailOpen(Infinity);
  failOpen.refused(party, 'no trust', true);
  vi.advanceTimersByTime(limits.failOpenMillis * 100);
  expect(failOpen.reason(party)).toBe('no trust');
});

test('one connection tries whether a client trusts us, and the others wait for how that ends', async () => {
  const failOpen = new FailOpen();
  expect(failOpen.trial(party)).toBeNull();
  const second = failOpen.trial(party);
  expect(second).not.toBeNull();
  expect(failOpen.trial({ ...party, fingerprint: 'bb' })).toBeNull();
  failOpen.refused(party, 'no trust', true);
  expect(await second).toBe(true);
  expect(failOpen.reason(party)).toBe('no trust');

  const other = { ...party, destination: 'other.example.com:443' };
  expect(failOpen.trial(other)).toBeNull();
  const waiting = failOpen.trial(other);
  failOpen.proven(other);
  await waiting;
  expect(failOpen.trial(other)).toBeNull();
  expect(failOpen.trial(other)).toBeNull();
});

test('a trial that shows nothing ends by itself', async () => {
  vi.useFakeTimers();
  const failOpen = new FailOpen();
  expect(failOpen.trial(party)).toBeNull();
  const waiting = failOpen.trial(party);
  vi.advanceTimersByTime(limits.trialMillis);
  expect(await waiting).toBe(false);
  expect(failOpen.reason(party)).toBeNull();
});

test('a destination is told of once', () => {
  const failOpen = new FailOpen();
  expect(failOpen.tellOnce('a:443')).toBe(true);
  expect(failOpen.tellOnce('a:443')).toBe(false);
  expect(failOpen.tellOnce('b:443')).toBe(true);
});
