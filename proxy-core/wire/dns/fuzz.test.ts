import { test } from 'vitest';
import { client, type Step, server } from '../testing/dialogue.ts';
import { fuzz } from '../testing/fuzz.ts';
import { dns } from './dns.ts';
import { answer, data, name, question, record } from './testing/messages.ts';

const soa = record('shop.test', 6, data(name('ns.test'), name('me.test'), Buffer.alloc(20)));

const conversations: readonly (readonly Step[])[] = [
  [
    client(question(7, 'shop.test', 1), question(8, 'none.test', 28)),
    server(answer(8, 'none.test', 28, 3), answer(7, 'shop.test', 1, 0, record('shop.test', 15, data(Buffer.of(0, 1, 0xc0, 12))))),
  ],
  [
    client(question(7, 'shop.test', 252), question(8, 'shop.test', 251)),
    server(
      answer(7, 'shop.test', 252, 0, soa, record('shop.test', 16, Buffer.from('\u0005hello', 'latin1'))),
      answer(7, 'shop.test', 252, 0, record('a', 28, Buffer.alloc(16)), soa),
      answer(8, 'shop.test', 251, 0, soa),
    ),
  ],
];

test('broken conversations neither throw nor leave anything open', () => {
  fuzz(dns, conversations, 6_000);
});
