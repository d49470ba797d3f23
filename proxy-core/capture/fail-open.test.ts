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
  failOpen.refused(party, 'no trust');
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
  failOpen.refused(party, 'first');
  for (let i = 0; i < limits.failOpenEntries; i++) failOpen.refused({ ...party, destination: `d${i}:443` }, 'x');
  expect(failOpen.reason(party)).toBeNull();
  expect(failOpen.reason({ ...party, destination: 'd0:443' })).toBe('x');
});

test('a destination is told of once', () => {
  const failOpen = new FailOpen();
  expect(failOpen.tellOnce('a:443')).toBe(true);
  expect(failOpen.tellOnce('a:443')).toBe(false);
  expect(failOpen.tellOnce('b:443')).toBe(true);
});
