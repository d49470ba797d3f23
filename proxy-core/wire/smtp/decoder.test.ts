import { expect, describe as group, test } from 'vitest';
import type { FirstWords } from '../protocol.ts';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { smtp } from './smtp.ts';

const dialogue = (name: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(smtp, name, steps, expected, raw);

const greeting = '220-mail.example.com ESMTP Postfix 3.7\r\n220 welcome\r\n';
const begin: readonly Step[] = [server(greeting), client('EHLO shop\r\n'), server('250-mail\r\n250 PIPELINING\r\n')];
const hello: Expected = { command: 'EHLO', location: 'shop', status: 'OK' };

function first(said: string, answered: string, spokeFirst: FirstWords['spokeFirst']): FirstWords {
  return { server: Buffer.from(answered), client: Buffer.from(said), spokeFirst };
}

test.each([
  ['', '22', 'server', 'more'],
  ['', greeting, 'server', 'more'],
  ['EHLO', greeting, 'server', 'more'],
  ['ehlo x\r\n', greeting, 'server', 'yes'],
  ['USER ada\r\n', greeting, 'server', 'no'],
  ['', 'SSH-2.0-OpenSSH\r\n', 'server', 'no'],
  ['', '421 busy\r\n', 'server', 'no'],
  ['EHLO shop\r\n', '', 'client', 'yes'],
  ['EHLO', '', 'client', 'more'],
  ['ECHO x\r\n', '', 'client', 'no'],
] as const)('client %j, server %j, %s first: %s', (said, answered, spokeFirst, verdict) => {
  expect(smtp.detect(first(said, answered, spokeFirst))).toBe(verdict);
});

group('a session', () => {
  dialogue('begins', begin, [{ ...hello, request: 'EHLO shop\r\n', response: `${greeting}250-mail\r\n250 PIPELINING\r\n` }]);
  test('tells the server’s software', () => {
    expect(run(smtp, [server('220 x ESMTP Exim 4.96 ready\r\n')]).spoken?.server).toBe('Exim 4.96');
  });
  dialogue(
    'keeps no password',
    [
      ...begin,
      client('AUTH PLAIN AGFkYQBodW50ZXIy\r\n'),
      server('235 fine\r\n'),
      client('auth login\r\n'),
      server('334 VXNlcm5hbWU6\r\n'),
      client('YWRh\r\n'),
      server('334 UGFzc3dvcmQ6\r\n'),
      client('aHVudGVyMg==\r\n'),
      server('535 no\r\n'),
    ],
    [
      hello,
      { command: 'AUTH', location: 'ada', status: 'OK', request: 'AUTH PLAIN ****************\r\n' },
      { command: 'AUTH', location: 'LOGIN', status: 'ERR:535', request: 'auth login\r\n****\r\n************\r\n' },
    ],
  );
  dialogue(
    'is refused',
    [server('220 x\r\n'), client('EHLO a\r\n'), server('421 busy\r\n'), ends('server')],
    [{ command: 'EHLO', status: 'ERR:421' }],
  );
  dialogue(
    'goes on with TLS that nobody opens',
    [...begin, client('STARTTLS\r\n'), server('220 go\r\n'), client('\x16\x03\x01')],
    [hello, { command: 'STARTTLS', status: 'OK' }],
    true,
  );
});

const envelope = 'MAIL FROM:<ada@shop> SIZE=9\r\nRCPT TO:<bob@x>\r\nRCPT TO:<eve@x>\r\nDATA\r\n';
const message = 'Subject: hi\r\n\r\n..dot\r\nend\r\n.\r\n';

group('mails', () => {
  dialogue(
    'are one pair each, pipelined or not, and one recipient may be refused',
    [
      ...begin,
      client(envelope),
      server('250 ok\r\n250 ok\r\n550 unknown\r\n354 go\r\n'),
      client(message, 'NOOP\r\nMAIL FROM:<>\r\n'),
      server('250 queued\r\n250 ok\r\n250 ok\r\n'),
      client('RCPT TO:<bob@x>\r\n'),
      server('550-no\r\n550 one\r\n'),
      client('QUIT\r\n'),
      server('221 bye\r\n'),
      ends('server'),
    ],
    [
      hello,
      {
        command: 'Mail',
        location: 'ada@shop bob@x eve@x',
        status: 'OK',
        request: envelope + message,
        response: '250 ok\r\n250 ok\r\n550 unknown\r\n354 go\r\n250 queued\r\n',
      },
      { command: 'NOOP', status: 'OK' },
      { command: 'Mail', location: '<> bob@x', status: 'ERR:550', response: '250 ok\r\n550-no\r\n550 one\r\n' },
    ],
  );
  dialogue(
    'are refused',
    [
      ...begin,
      client(envelope),
      server('550 not you\r\n503 no\r\n503 no\r\n503 no\r\n'),
      client(envelope),
      server('250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n'),
      client('.\r\nRSET\r\n'),
      server('554 spam\r\n250 ok\r\n'),
    ],
    [
      hello,
      {
        command: 'Mail',
        location: 'ada@shop bob@x eve@x',
        status: 'ERR:550',
        response: '550 not you\r\n503 no\r\n503 no\r\n503 no\r\n',
      },
      { command: 'Mail', status: 'ERR:554' },
      { command: 'RSET', status: 'OK' },
    ],
  );
  dialogue(
    'come in chunks',
    [
      ...begin,
      client('MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nBDAT 4\r\na\r\n.BDAT 2 LAST\r\n\r\n'),
      server('250 ok\r\n250 ok\r\n250 ok\r\n250 queued\r\n'),
    ],
    [hello, { command: 'Mail', location: 'a@x b@x', status: 'OK' }],
  );
  dialogue(
    'are answered for each recipient in LMTP',
    [
      server('220 x\r\n'),
      client('LHLO shop\r\n'),
      server('250 x\r\n'),
      client(envelope),
      server('250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n'),
      client('x\r\n.\r\n'),
      server('250 one\r\n452 full\r\n'),
    ],
    [
      { command: 'LHLO', status: 'OK' },
      { command: 'Mail', status: 'ERR:452' },
    ],
  );
});

group('endings', () => {
  dialogue(
    'in the middle of a message',
    [...begin, client(envelope), ends('server', 'reset')],
    [hello, { command: 'Mail', end: 'upstream-reset' }],
  );
  dialogue(
    'a timeout of the server',
    [...begin, server('421 timeout\r\n'), ends('server')],
    [hello, { command: 'Reply', status: 'ERR:421' }],
  );
  dialogue('what is no command', [...begin, client('\x00\x01\r\n')], [hello], true);
});

test('mails are read', () => {
  const { exchanges } = run(smtp, [
    ...begin,
    client(envelope),
    server('250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n'),
    client('Subject: a\r\n b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n..dot\r\n.\r\n'),
    server('250 queued\r\n'),
  ]);
  const { request, response } = smtp.read(storedOf(exchanges[1]));
  expect(request.sections).toMatchObject([
    {
      title: 'Envelope',
      fields: [
        ['from', 'ada@shop'],
        ['to', 'bob@x'],
        ['to', 'eve@x'],
      ],
    },
    {
      title: 'Headers',
      fields: [
        ['Subject', 'a b'],
        ['Content-Type', 'text/html; charset=utf-8'],
      ],
    },
    { title: 'Body', base64: Buffer.from('.dot\r\n').toString('base64'), mediaType: 'text/html' },
    { title: 'Commands' },
  ]);
  expect(response.sections).toMatchObject([{ title: 'Replies' }]);
});
