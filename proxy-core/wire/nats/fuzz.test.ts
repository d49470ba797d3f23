import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { nats } from './nats.ts';

const conversations: readonly (readonly Step[])[] = [
  [
    server('INFO {"server_id":"X","version":"2.9.10","tls_available":true}\r\n'),
    client('CONNECT {"verbose":false,"pass":"hunter2"}\r\nPING\r\nSUB shop.* workers 1\r\nPUB price _INBOX.1 1\r\nx\r\n'),
    server('PONG\r\nMSG shop.a 1 5\r\na\r\nb\n\r\nHMSG _INBOX.1 9 16 16\r\nNATS/1.0 503\r\n\r\n\r\nPING\r\n'),
    client('PONG\r\nHPUB shop.b 22 24\r\nNATS/1.0\r\nTrace: 1\r\n\r\nhi\r\nUNSUB 1\r\n'),
  ],
  [
    client('connect {}\r\nsub a 1\r\npub b 0\r\n\r\nping\r\n'),
    server("+OK\r\n+OK\r\n-ERR 'Permissions Violation'\r\nINFO {}\r\nPONG\r\n-ERR 'Stale'\r\n"),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(nats, conversations, 6_000);
});
