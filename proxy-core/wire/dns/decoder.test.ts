import { expect, describe as group, test } from 'vitest';
import { client, dialogue as dialogueOf, type Expected, ends, run, type Step, server, storedOf } from '../testing/dialogue.ts';
import { dns } from './dns.ts';
import { answer, data, framed, name, question, record } from './testing/messages.ts';

const dialogue = (title: string, steps: readonly Step[], expected: readonly Expected[], raw = false): void =>
  dialogueOf(dns, title, steps, expected, raw);

function verdict(bytes: Buffer): string {
  return dns.detect({ client: bytes, server: Buffer.alloc(0), spokeFirst: 'client' });
}

test('is told by a question that makes sense', () => {
  const whole = question(7, 'shop.test', 1);
  for (let at = 1; at < whole.length; at += 1) expect(verdict(whole.subarray(0, at)), String(at)).toBe('more');
  expect(verdict(whole)).toBe('yes');
  expect(verdict(question(7, 'shop.test', 9_999))).toBe('no');
  expect(verdict(answer(7, 'shop.test', 1, 0))).toBe('no');
  expect(verdict(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBe('no');
  expect(verdict(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]))).toBe('no');
  expect(verdict(Buffer.from([0, 0, 0, 40, 0, 3, 0, 0, 0, 0, 0, 1, 0, 4, 114, 100, 107, 97]))).toBe('no');
});

group('questions', () => {
  dialogue(
    'are joined to their answers, in any order',
    [
      client(question(7, 'shop.test', 1), question(8, 'none.test', 28)),
      server(answer(8, 'none.test', 28, 3), answer(7, 'shop.test', 1, 0, record('shop.test', 1, Buffer.of(192, 0, 2, 7)))),
      client(question(7, 'shop.test', 16)),
      server(answer(7, 'shop.test', 16, 5)),
    ],
    [
      {
        command: 'Query',
        location: 'shop.test A',
        status: 'OK',
        request: question(7, 'shop.test', 1).toString('latin1'),
        response: answer(7, 'shop.test', 1, 0, record('shop.test', 1, Buffer.of(192, 0, 2, 7))).toString('latin1'),
      },
      { command: 'Query', location: 'none.test AAAA', status: 'NXDOMAIN' },
      { command: 'Query', location: 'shop.test TXT', status: 'ERR:REFUSED' },
    ],
  );
  const soa = record('shop.test', 6, data(name('ns.test'), name('me.test'), Buffer.alloc(20)));
  dialogue(
    'for a whole zone have many messages',
    [
      client(question(7, 'shop.test', 252), question(8, 'shop.test', 251)),
      server(
        answer(7, 'shop.test', 252, 0, soa, record('shop.test', 1, Buffer.alloc(4))),
        answer(7, 'shop.test', 252, 0, record('a.shop.test', 1, Buffer.alloc(4)), soa),
        answer(8, 'shop.test', 251, 0, soa),
      ),
    ],
    [
      { command: 'Query', location: 'shop.test AXFR', status: 'OK' },
      { command: 'Query', location: 'shop.test IXFR', status: 'OK' },
    ],
  );
  dialogue(
    'asked again with the same number',
    [client(question(7, 'a.test', 1), question(7, 'b.test', 1)), server(answer(7, 'b.test', 1, 0))],
    [
      { command: 'Query', location: 'a.test A', status: 'NO REPLY' },
      { command: 'Query', location: 'b.test A', status: 'OK' },
    ],
  );
});

group('endings', () => {
  dialogue(
    'without an answer',
    [client(question(7, 'a.test', 1)), ends('server')],
    [{ command: 'Query', end: 'upstream-closed-early' }],
  );
  dialogue(
    'what nobody asked',
    [client(question(7, 'a.test', 1)), server(answer(9, 'a.test', 1, 0))],
    [{ command: 'Query', end: 'malformed-message' }],
    true,
  );
  dialogue('what is no question', [client(framed(Buffer.alloc(4)))], [], true);
});

test('records are read', () => {
  const { exchanges } = run(dns, [
    client(question(7, 'shop.test', 255)),
    server(
      answer(
        7,
        'shop.test',
        255,
        0,
        // The name stands in the question, which begins behind the head.
        Buffer.concat([Buffer.of(0xc0, 12), record('', 28, Buffer.from('20010db8000000000000000000000007', 'hex')).subarray(1)]),
        record('shop.test', 15, data(Buffer.of(0, 10), Buffer.from('\u0004mail', 'latin1'), Buffer.of(0xc0, 12))),
        record('shop.test', 16, Buffer.from('\u0005hello\u0005world', 'latin1')),
        record('shop.test', 33, data(Buffer.of(0, 1, 0, 2, 0, 80), name('a.test'))),
        record('shop.test', 9_999, Buffer.of(1, 2)),
      ),
    ),
  ]);
  const { request, response } = dns.read(storedOf(exchanges[0]));
  expect(request.sections).toMatchObject([
    {
      fields: [
        ['id', '7'],
        ['flags', 'rd'],
      ],
    },
    { title: 'Question', rows: [['shop.test', 'ANY', 'IN']] },
  ]);
  expect(response.sections[2]).toMatchObject({
    title: 'Answers',
    rows: [
      ['shop.test', '60', 'IN', 'AAAA', '2001:db8::7'],
      ['shop.test', '60', 'IN', 'MX', '10 mail.shop.test'],
      ['shop.test', '60', 'IN', 'TXT', '"hello" "world"'],
      ['shop.test', '60', 'IN', 'SRV', '1 2 80 a.test'],
      ['shop.test', '60', 'IN', 'TYPE9999', '0x0102'],
    ],
  });
});
