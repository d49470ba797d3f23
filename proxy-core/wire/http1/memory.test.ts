import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { limits } from '../../limits.ts';
import type { Side } from '../../rrpair/pair.ts';
import { createHttp1Decoder } from './decoder.ts';
import { head } from './testing/dialogue.ts';
import { silentHandle } from './testing/silent-handle.ts';

const get = head('GET / HTTP/1.1');

/** A head with 60,000 bytes behind it, in memory of their own. */
const piece = (text: string) => Buffer.concat([Buffer.from(text), Buffer.alloc(60_000, 'x')]);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function bytesInUse(): number {
  collectGarbage();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** The collector frees buffers on another thread, some time after it was called. */
async function expectInUse(most: number, name: string): Promise<void> {
  for (let tries = 0; tries < 50 && bytesInUse() > most; tries++) await setImmediate();
  expect(bytesInUse(), name).toBeLessThanOrEqual(most);
}

test('what a decoder keeps is bounded, whatever never ends', async () => {
  const endless: Record<string, [Side, string][]> = {
    'a request line': [['client', 'GET /']],
    'a header field': [['client', 'GET / HTTP/1.1\r\nA: ']],
    'a chunk extension': [['client', head('POST / HTTP/1.1', 'Transfer-Encoding: chunked').concat('1;')]],
    'bytes behind CONNECT': [['client', head('CONNECT a:1 HTTP/1.1')]],
    'bytes behind an offer to upgrade': [['client', head('GET / HTTP/1.1', 'Upgrade: x')]],
    'a status line': [
      ['client', get],
      ['server', 'HTTP/1.1 200 '],
    ],
  };
  // Twice a head, because the buffer it is collected in doubles; and what else is lying about.
  const most = 2 * limits.headBytes + 512 * 1024;
  const handle = silentHandle();
  for (const [name, start] of Object.entries(endless)) {
    const decoder = createHttp1Decoder({ exchangeStarted: () => handle });
    for (const [side, text] of start) decoder.push(side, Buffer.from(text), 0);
    const side = start.at(-1)?.[0] ?? 'client';
    const before = bytesInUse();
    for (let sent = 0; sent < 64; sent++) decoder.push(side, Buffer.alloc(1 << 18, 'x'), 0);
    for (let sent = 0; sent < 10_000; sent++) decoder.push(side, Buffer.alloc(1, 'x'), 0);
    await expectInUse(before + most, name);
    decoder.end('client', 'closed', 0);
  }
});

test('an idle connection holds on to nothing that passed', async () => {
  const handle = silentHandle();
  const before = bytesInUse();
  const decoders = Array.from({ length: 500 }, () => {
    const decoder = createHttp1Decoder({ exchangeStarted: () => handle });
    decoder.push('client', piece(head('POST / HTTP/1.1', 'Content-Length: 60000')), 0);
    decoder.push('server', piece(head('HTTP/1.1 200 OK', 'Content-Length: 60000')), 0);
    return decoder;
  });
  const most = decoders.length * 8 * 1024;
  await expectInUse(before + most, 'idle connections');
  for (const decoder of decoders) expect(decoder.passedThrough).toBe(false);
});
