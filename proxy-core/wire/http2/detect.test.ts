import { expect, test } from 'vitest';
import { startsLikeHttp2 } from './detect.ts';
import { hello, settings } from './testing/frames.ts';

const none = Buffer.alloc(0);

test('the client’s preface tells, however little of it has come', () => {
  for (let length = 1; length <= hello.length; length++) {
    const client = hello.subarray(0, length);
    expect(startsLikeHttp2({ client, server: none, spokeFirst: 'client' })).toBe(length < 24 ? 'more' : 'yes');
  }
  for (const other of ['PRI * HTTP/1.1\r\n', 'PRI * HTTP/2.0\r\n\r\nXX', 'PUT / HTTP/1.1\r\n', '\x16\x03\x01'])
    expect(startsLikeHttp2({ client: Buffer.from(other), server: none, spokeFirst: 'client' })).toBe('no');
});

test('a server that speaks first says its SETTINGS, and nothing else', () => {
  for (let length = 1; length <= settings.length; length++) {
    const server = settings.subarray(0, length);
    expect(startsLikeHttp2({ client: none, server, spokeFirst: 'server' })).toBe('more');
    expect(startsLikeHttp2({ client: hello, server, spokeFirst: 'server' })).toBe('yes');
  }
  // The greetings of MySQL and SMTP, and a SETTINGS frame of a length that none has.
  for (const other of ['J\0\0\0\x0a8.0.1', '220 mail', '\0\0\x07\x04\0\0\0\0\0'])
    expect(startsLikeHttp2({ client: none, server: Buffer.from(other, 'latin1'), spokeFirst: 'server' })).toBe('no');
});
