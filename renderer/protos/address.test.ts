import { expect, test } from 'vitest';
import { addressText, parseAddress } from './address.ts';

test.each([
  ['localhost:50051', { host: 'localhost', port: 50_051, tls: false }],
  [' https://api.example.com ', { host: 'api.example.com', port: 443, tls: true }],
  ['https://api.example.com:8443/', { host: 'api.example.com', port: 8443, tls: true }],
  ['http://[::1]:50051', { host: '::1', port: 50_051, tls: false }],
  ['[::1]:50051', { host: '::1', port: 50_051, tls: false }],
  ['localhost', null],
  ['localhost:0', null],
  ['a b:80', null],
  ['ftp://host:21', null],
  ['', null],
])('%s is understood', (text, target) => {
  expect(parseAddress(text)).toEqual(target);
  if (target !== null) expect(parseAddress(addressText(target))).toEqual(target);
});
