import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { memcached } from './memcached.ts';

const conversations: readonly (readonly Step[])[] = [
  [
    client('set auth 0 60 7\r\nline\r\n2\r\nget a b\r\ncas k 1 2 3 4 noreply\r\nabc\r\ndelete n\r\n'),
    server('STORED\r\nVALUE a 0 7 1\r\nline\r\n2\r\nEND\r\nCLIENT_ERROR bad\r\n'),
  ],
  [
    client('mg a v k q O1\r\nmg b v k q O2\r\nms c 2 q\r\nhi\r\nmn\r\nmg d t\r\nme d\r\n'),
    server('VA 3 kb O2\r\nabc\r\nMN\r\nHD t-1\r\nEN\r\n'),
  ],
  [
    client('stats\r\nversion\r\nlru_crawler metadump all\r\nwatch\r\nquit\r\n'),
    server('STAT pid 1\r\nEND\r\nVERSION 1.6\r\nkey=a exp=-1\r\nEND\r\nOK\r\nts=1\r\n'),
  ],
  [client('\x80\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00k'), server('\x81')],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(memcached, conversations, 6_000);
});
