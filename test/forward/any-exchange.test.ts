import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectTo, type RawOrigin, type RawPeer, startOrigin, startProxy, type TestProxy } from './harness.ts';

/** Any well-formed exchanges, cut anywhere, pipelined or not: both sides receive the bytes that the other one sent. */

let proxy: TestProxy;
let origin: RawOrigin;

beforeAll(async () => {
  proxy = await startProxy();
  origin = await startOrigin();
});

afterAll(async () => {
  await proxy.close();
  await origin.close();
});

const fieldName = fc.stringMatching(/^[Xx]-[A-Za-z0-9!#$%&'*+.^_`|~-]{0,12}$/);
const fieldValue = fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,20}$/);
const fields = fc
  .array(fc.tuple(fieldName, fc.constantFrom(':', ': ', ':\t'), fieldValue), { maxLength: 5 })
  .map((list) => list.map((parts) => `${parts.join('')}\r\n`).join(''));
const payload = fc.string({ unit: 'binary-ascii', maxLength: 60 });

const chunk = fc
  .tuple(payload, fc.constantFrom('', ';a', ';a=b', ' ; q="x"'), fc.boolean())
  .filter(([data]) => data !== '')
  .map(([data, extension, upper]) => {
    const size = data.length.toString(16);
    return `${upper ? `0${size.toUpperCase()}` : size}${extension}\r\n${data}\r\n`;
  });
const chunked = fc
  .tuple(fc.array(chunk, { maxLength: 4 }), fields)
  .map(([chunks, trailers]) => ({ framing: 'Transfer-Encoding: chunked\r\n', body: `${chunks.join('')}0\r\n${trailers}\r\n` }));
const sized = payload.map((body) => ({ framing: `content-length:${body.length}\r\n`, body }));
const none = fc.constant({ framing: '', body: '' });

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'BREW', 'M-SEARCH'),
  path: fc.stringMatching(/^[!-"$-~]{0,20}$/),
  fields,
  message: fc.oneof(chunked, sized, none),
});
const response = fc.record({
  interim: fc.array(
    fields.map((text) => `HTTP/1.1 103 Early\r\n${text}\r\n`),
    { maxLength: 2 },
  ),
  status: fc.constantFrom('200 OK', '404', '500  Oh   no', '299 \xe9'),
  fields,
  message: fc.oneof(chunked, sized),
});
const exchange = fc.record({ request, response });
type Exchange = typeof exchange extends fc.Arbitrary<infer T> ? T : never;

/** Where to cut, as fractions of the whole. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

async function sendCut(peer: RawPeer, text: string, at: readonly number[]): Promise<void> {
  const places = [0, ...at.map((cut) => Math.floor(cut * text.length)).sort((a, b) => a - b), text.length];
  for (const [index, place] of places.slice(1).entries()) {
    peer.send(text.slice(places[index], place));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const toOrigin = ({ request: { method, path, fields: own, message } }: Exchange): string =>
  `${method} /${path} HTTP/1.1\r\nHost: ${origin.host}\r\n${own}${message.framing}\r\n${message.body}`;
const toProxy = (one: Exchange): string => toOrigin(one).replace(' /', ` http://${origin.host}/`);
const toClient = ({ response: { interim, status, fields: own, message } }: Exchange): string =>
  `${interim.join('')}HTTP/1.1 ${status}\r\n${own}${message.framing}\r\n${message.body}`;

it('arrives as it was sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(exchange, { minLength: 1, maxLength: 4 }),
      cuts,
      cuts,
      fc.boolean(),
      async (exchanges, cutUp, cutDown, pipelined) => {
        const peer = await connectTo(proxy.port);
        try {
          const all = exchanges.map(toProxy);
          const sent = pipelined ? sendCut(peer, all.join(''), cutUp) : null;
          for (const [index, one] of exchanges.entries()) {
            if (!pipelined) await sendCut(peer, all[index] ?? '', cutUp);
            const server = await origin.connection(0);
            const expected = toOrigin(one);
            await server.until(({ received }) => received.length >= expected.length);
            expect(server.take()).toBe(expected);
            const answer = toClient(one);
            await sendCut(server, answer, cutDown);
            await peer.until(({ received }) => received.length >= answer.length);
            expect(peer.take()).toBe(answer);
          }
          await sent;
          expect(origin.connections).toHaveLength(1);
          expect(proxy.exchanges.map(({ ended, failure }) => ({ ended, failure }))).toEqual(
            exchanges.map(() => ({ ended: true, failure: null })),
          );
        } finally {
          peer.socket.destroy();
          for (const { socket } of origin.connections.splice(0)) socket.destroy();
          proxy.exchanges.splice(0);
        }
      },
    ),
    { numRuns: 150, interruptAfterTimeLimit: 15_000 },
  );
});
