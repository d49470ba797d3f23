import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { isLocalAddress, isOwnListener, reachedName } from './own-addresses.ts';

const loopback = [{ host: '127.0.0.1', port: 4140 }];

test('a listener on loopback is met at its address, its port, and the unspecified address', () => {
  expect(isOwnListener(loopback, '127.0.0.1', 4140)).toBe(true);
  expect(isOwnListener(loopback, '::ffff:127.0.0.1', 4140)).toBe(true);
  expect(isOwnListener(loopback, '0.0.0.0', 4140)).toBe(true);
  expect(isOwnListener(loopback, '127.0.0.1', 4141)).toBe(false);
  expect(isOwnListener(loopback, '::1', 4140)).toBe(false);
  expect(isOwnListener(loopback, '93.184.216.34', 4140)).toBe(false);
});

test('a listener on every address is met at every address of this machine', () => {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  for (const one of own.filter((one) => one.family === 'IPv4')) {
    expect(isOwnListener([{ host: '0.0.0.0', port: 1 }], one.address, 1)).toBe(true);
  }
  for (const one of own) expect(isOwnListener([{ host: '::', port: 1 }], one.address, 1)).toBe(true);
  expect(isOwnListener([{ host: '0.0.0.0', port: 1 }], '127.9.9.9', 1)).toBe(true);
  expect(isOwnListener([{ host: '0.0.0.0', port: 1 }], '93.184.216.34', 1)).toBe(false);
});

test('the addresses of this machine', () => {
  expect(isLocalAddress('127.0.0.1')).toBe(true);
  expect(isLocalAddress('::1')).toBe(true);
  expect(isLocalAddress('93.184.216.34')).toBe(false);
});

test('the name of what was reached without one', () => {
  expect(reachedName('127.0.0.1')).toBe('localhost');
  expect(reachedName('::1')).toBe('localhost');
  expect(reachedName('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(reachedName('fe80::1%eth0')).toBe('fe80::1');
  expect(reachedName(undefined)).toBe('localhost');
});
