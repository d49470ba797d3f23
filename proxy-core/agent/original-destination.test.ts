import { expect, test } from 'vitest';
import { readSockAddr } from './original-destination.ts';

/** Of a sockaddr_in6 with this address, in hex. */
function six(address: string): string {
  return readSockAddr(Buffer.from(`0a0001bb00000000${address}00000000`, 'hex'), true).host;
}

test('reads what the kernel fills in', () => {
  expect(readSockAddr(Buffer.from('02000050c0a80002' + '00'.repeat(20), 'hex'), false)).toEqual({ host: '192.168.0.2', port: 80 });
  expect(six('fd770000000000000000000000000003')).toBe('fd77::3');
  expect(six('20010db8000000010000000000000001')).toBe('2001:db8:0:1::1');
  expect(six('00000000000000000000000000000001')).toBe('::1');
});
