import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { smtp } from './smtp.ts';

const begin: readonly Step[] = [server('220-x ESMTP Postfix\r\n220 y\r\n'), client('EHLO shop\r\n'), server('250-x\r\n250 y\r\n')];

const conversations: readonly (readonly Step[])[] = [
  [
    ...begin,
    client('MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n'),
    server('250 ok\r\n550 no\r\n354 go\r\n'),
    client('Subject: a\r\n b\r\n\r\n..dot\r\n.\r\nNOOP\r\nRSET\r\nQUIT\r\n'),
    server('250 ok\r\n250 ok\r\n250 ok\r\n221 bye\r\n'),
  ],
  [
    ...begin,
    client('AUTH PLAIN AGFkYQBodW50ZXIy\r\nAUTH LOGIN\r\n'),
    server('235 fine\r\n334 VXNlcm5hbWU6\r\n'),
    client('YWRh\r\nMAIL FROM:<a@x>\r\nBDAT 4\r\na\r\n.BDAT 2 LAST\r\n\r\nSTARTTLS\r\n'),
    server('535 no\r\n250 ok\r\n250 ok\r\n250 ok\r\n220 go\r\n'),
    client('\x16\x03\x01'),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(smtp, conversations, 6_000);
});
