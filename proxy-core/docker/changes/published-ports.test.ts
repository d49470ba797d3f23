import { expect, test } from 'vitest';
import { publishedPorts } from './published-ports.ts';

test.each([
  ['8080:80', '80/tcp', '127.0.0.1', '8080'],
  ['80', '80/tcp', '127.0.0.1', ''],
  [':80', '80/tcp', '127.0.0.1', ''],
  ['0.0.0.0:8080:80', '80/tcp', '0.0.0.0', '8080'],
  ['10.0.0.1::80', '80/tcp', '10.0.0.1', ''],
  ['[::1]:8080:80', '80/tcp', '::1', '8080'],
  ['53:5353/udp', '5353/udp', '127.0.0.1', '53'],
])('%s', (text, key, HostIp, HostPort) => {
  expect(publishedPorts([text])).toEqual({ exposed: { [key]: {} }, bindings: { [key]: [{ HostIp, HostPort }] } });
});

test('one port may be published twice', () => {
  const { bindings } = publishedPorts(['8080:80', '0.0.0.0:8081:80']);
  expect(bindings['80/tcp']).toHaveLength(2);
});

test.each([
  '',
  'http',
  '80:http',
  '8080:80:90:100',
  'localhost:8080:80',
  '0:80',
  '8080:0',
  '70000:80',
  '8080-8090:80',
  '80/quic',
  '::1:8080:80',
])('%j is refused with the form it should have', (text) => {
  expect(() => publishedPorts([text])).toThrow(/HOST:CONTAINER/);
});
