import { expect, test } from 'vitest';
import { oneOf, pick, randomFrom } from '../http1/testing/random.ts';
import { client, ends, type Step, server } from '../testing/dialogue.ts';
import { run } from './testing/dialogue.ts';
import {
  data,
  END_HEADERS,
  END_STREAM,
  fields,
  frame,
  get,
  goAway,
  headers,
  hello,
  ok,
  post,
  reset,
  settings,
} from './testing/frames.ts';

const ROUNDS = 3_000;

const indexed = (status: string): Buffer =>
  frame(1, END_HEADERS, 1, Buffer.from(`${status}\x40\x01x\x85\xa8\xeb\x10\x64\x9c`, 'latin1'));

const conversations: readonly (readonly Step[])[] = [
  [
    server(settings),
    client(hello, get(1), post(3), data(3, 'abc', END_STREAM)),
    server(ok(1), data(1, 'hello', END_STREAM), ok(3, END_STREAM)),
  ],
  [
    client(hello, post(1)),
    server(headers(1, [[':status', '100']])),
    client(data(1, '\x02body\0\0', 8 | END_STREAM)),
    server(indexed('\x88'), data(1, 'x'), headers(1, [['t', '1']], END_STREAM)),
  ],
  [
    client(hello, get(1), get(3), get(5)),
    server(
      frame(5, END_HEADERS, 1, Buffer.concat([Buffer.of(0, 0, 0, 2), fields([':method', 'GET'], [':path', '/'])])),
      ok(2, END_STREAM),
      reset(1, 7),
      goAway(3, 0, 'bye'),
    ),
  ],
  [
    client(hello, frame(1, 0, 1, fields([':method', 'GET'])), frame(9, END_HEADERS, 1, fields([':path', '/']))),
    server(indexed('\x8d'), frame(1, END_HEADERS | END_STREAM, 1, '\xbe')),
    client(reset(1, 8)),
  ],
];

function mutated(bytes: Buffer, random: () => number): Buffer {
  let out = Buffer.from(bytes);
  for (let times = pick(random, 4); times > 0 && out.length > 0; times--) {
    const at = pick(random, out.length);
    const to = Math.min(out.length, at + 1 + pick(random, 12));
    switch (pick(random, 5)) {
      case 0:
        out[at] = pick(random, 256);
        break;
      case 1:
        out = Buffer.concat([out.subarray(0, at), out.subarray(to)]);
        break;
      case 2:
        out = Buffer.concat([out.subarray(0, to), out.subarray(at)]);
        break;
      case 3:
        out.fill(random() < 0.5 ? 0xff : 0, at, to);
        break;
      default:
        out[at] = (out[at] ?? 0) ^ (1 << pick(random, 8));
    }
  }
  return out;
}

function pieces(bytes: Buffer, random: () => number): Buffer[] {
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const to = at + 1 + pick(random, 40);
    out.push(bytes.subarray(at, to));
    at = to;
  }
  return out;
}

test('whatever comes, however it is cut: no throw, no call out of order, the same result, and an end to every stream', () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const random = randomFrom(seed);
    const steps: Step[] = oneOf(random, conversations).flatMap((step): Step[] =>
      'end' in step || random() < 0.1
        ? []
        : [{ side: step.side, bytes: random() < 0.4 ? step.bytes : mutated(step.bytes, random) }],
    );
    const how = oneOf(random, ['closed', 'reset', 'stopped'] as const);
    const last = [ends('client', how), ends('server', how)];
    if (random() < 0.5) last.reverse();
    steps.push(...last, ends('server', 'stopped'), client(get(9)));
    const whole = run(steps);
    expect(
      run(steps, (bytes) => pieces(bytes, random)),
      `seed ${String(seed)}`,
    ).toEqual(whole);
    for (const { end } of whole.told) expect(end, `seed ${String(seed)}`).not.toBe('open');
  }
});
