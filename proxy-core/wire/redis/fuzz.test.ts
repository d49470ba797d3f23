import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { redis } from './redis.ts';

const conversations: readonly (readonly Step[])[] = [
  [
    client('*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n'),
    server('+OK\r\n$1\r\n1\r\n'),
    client('*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n'),
    server('-WRONGPASS no\r\n'),
  ],
  [
    client('*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n'),
    server('%2\r\n$7\r\nversion\r\n$5\r\n7.0.1\r\n$5\r\nproto\r\n:3\r\n'),
    client('*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nx\r\n'),
    server(
      '>3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$2\r\nhi\r\n|1\r\n+a\r\n:1\r\n$?\r\n;1\r\na\r\n;0\r\n',
    ),
  ],
  [client('PING\r\nGET "a b"\r\n'), server('+PONG\r\n*2\r\n:1\r\n*1\r\n_\r\n')],
  [
    client('*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nx\r\n'),
    server('*3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$1\r\nx\r\n$2\r\nhi\r\n'),
    client('*1\r\n$11\r\nUNSUBSCRIBE\r\n*1\r\n$5\r\nMULTI\r\n*1\r\n$4\r\nEXEC\r\n'),
    server('*3\r\n$11\r\nunsubscribe\r\n$1\r\nx\r\n:0\r\n+OK\r\n*0\r\n'),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(redis, conversations, 6_000);
});
