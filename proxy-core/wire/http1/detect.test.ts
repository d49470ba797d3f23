import { expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import { startsLikeHttp1Request } from './detect.ts';

const starts = (text: string) => startsLikeHttp1Request(Buffer.from(text, 'latin1'));

test.each([
  'GET / HTTP/1.1\r\n',
  'get / HTTP/1.0\n',
  'PROPFIND /a b HTTP/1.1\r\nHost',
  'POST http://example.test/ HTTP/1.1\r\n\r\n',
  'CONNECT example.test:443 HTTP/1.1\r\n',
  'OPTIONS * HTTP/1.1\r\n',
  '\r\n\nGET /\xe9 HTTP/1.1\r\n',
])('%j is a request, and until its line is complete may become one', (text) => {
  expect(starts(text)).toBe('yes');
  const line = text.indexOf('HTTP/1.') + 8;
  for (let length = 0; length < line; length++) expect(starts(text.slice(0, length))).toBe('more');
});

test.each<[string, string]>([
  ['Redis', '*1\r\n$4\r\nPING\r\n'],
  ['inline Redis', 'PING\r\n'],
  ['inline Redis with a path for a key', 'GET /key\r\n'],
  ['memcached', 'get key\r\n'],
  ['binary memcached', '\x80\x00'],
  ['a Postgres startup message', '\x00\x00\x00\x08\x04\xd2\x16\x2f'],
  ['a MySQL greeting', 'J\x00\x00\x00\x0a8.0.36\x00'],
  ['SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'],
  ['TLS', '\x16\x03\x01\x02\x00\x01'],
  ['SMTP', 'EHLO example.test\r\n'],
  ['NATS', 'CONNECT {"verbose":false}\r\n'],
  ['SIP', 'INVITE sip:a@b SIP/2.0\r\n'],
  ['RTSP', 'OPTIONS rtsp://a/b RTSP/1.0\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n'],
  ['AMQP', 'AMQP\x00\x00\x09\x01'],
  ['Kafka', '\x00\x00\x00\x20\x00\x12'],
  ['MongoDB', '\x3a\x00\x00\x00\x01\x00\x00\x00'],
  ['MQTT', '\x10\x10\x00\x04MQTT'],
  ['STOMP', 'CONNECT\naccept-version:1.2\n'],
  ['a response', 'HTTP/1.1 200 OK\r\n'],
  ['no target', 'GET  HTTP/1.1\r\n'],
  ['a space first', ' GET / HTTP/1.1\r\n'],
  ['a lone CR first', '\rGET / HTTP/1.1\r\n'],
  ['a control character in the target', 'GET /\x01'],
  ['a word too long for a method', 'x'.repeat(limits.methodBytes + 1)],
])('%s is none', (_name, text) => {
  expect(starts(text)).toBe('no');
});

test('a line longer than is sniffed counts when its target looks like one', () => {
  const long = 'a'.repeat(limits.sniffBytes);
  expect(starts(`GET /${long}`)).toBe('yes');
  expect(starts(`GET https://host/${long}`)).toBe('yes');
  expect(starts(`GET ${long}`)).toBe('no');
  expect(starts(`GET /${long.slice(10)}`)).toBe('more');
});
