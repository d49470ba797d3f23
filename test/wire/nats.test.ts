import { connect, headers, type NatsConnection, StringCodec } from 'nats';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startNats } from '../../e2e/support/brokers.ts';
import type { RealServer } from '../../e2e/support/servers.ts';
import { nats } from '../../proxy-core/wire/nats/nats.ts';
import { cleanUp, makeCertificates, onCleanUp, startTestCapture, type TestCapture } from '../capture/support.ts';
import { everything, readPair, saying } from './support/decoded.ts';

const codec = StringCodec();
const encode = (text: string): Uint8Array => codec.encode(text);
const decode = (bytes: Uint8Array): string => codec.decode(bytes);
let server: RealServer;

beforeAll(async () => {
  server = await startNats();
}, 60_000);
afterAll(() => server.stop());
afterEach(cleanUp);

function captured(): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
}

async function client(port: number, pass = 'hunter2-secret'): Promise<NatsConnection> {
  const options = { servers: `127.0.0.1:${String(port)}`, user: 'ada', pass, name: 'shop', reconnect: false };
  const made = await connect(options);
  onCleanUp(() => made.close());
  return made;
}

test('messages, requests and their answers are read', async () => {
  const { inPort, sink } = await captured();
  const db = await client(inPort);
  const prices = db.subscribe('price.*', {
    callback: (_error, message) => void message.respond(encode(`42 for ${decode(message.data)}`)),
  });
  await db.flush();
  const head = headers();
  head.set('trace', 'abc');
  const answer = await db.request('price.tea', encode('tea'), { headers: head, timeout: 5_000 });
  expect(decode(answer.data)).toBe('42 for tea');
  await expect(db.request('nobody.there', encode('x'), { timeout: 5_000 })).rejects.toThrow('503');
  db.publish('audit', encode('x'.repeat(100_000)));
  await db.flush();
  prices.unsubscribe();
  await db.close();

  const begun = await sink.done(saying('Connect ada → OK'));
  expect(begun.connection).toMatchObject({ protocol: 'nats', spoken: { server: expect.stringMatching(/^NATS \d/) } });
  const request = await sink.done(saying('Request price.tea → OK'));
  expect(readPair(nats, request)).toMatchObject({
    request: { sections: [{ fields: expect.arrayContaining([['trace', 'abc']]) as unknown }, { bytes: 3 }] },
    response: { sections: [{}, { bytes: 10 }] },
  });
  await sink.done(saying('Deliver price.tea → PUSH'));
  await sink.done(saying('Request nobody.there → ERR:503'));
  const published = await sink.done(saying('Publish audit → NO REPLY'));
  expect(published.requestBody.length).toBeGreaterThan(100_000);
  expect(sink.all().every((pair) => pair.extra.failure === undefined)).toBe(true);
});

test('a password is kept nowhere', async () => {
  const { inPort, sink } = await captured();
  await (await client(inPort)).flush();
  await expect(client(inPort, 'hunter2-wrong')).rejects.toThrow();
  await sink.done(saying('Connect ada → OK'));
  await sink.done(saying('Connect ada → ERR'));
  expect(everything(sink.all())).not.toContain('hunter2');
});

test('TLS that INFO asks for is opened', async () => {
  const { ca, cert, key } = await makeCertificates();
  const secured = await startNats({ ca, cert, key });
  onCleanUp(() => secured.stop());
  const app = { tls: false, host: '127.0.0.1', port: secured.port };
  const { inPort, sink, authority } = await startTestCapture({ app, extraCaPem: [ca] });
  const options = { servers: `localhost:${String(inPort)}`, user: 'ada', pass: 'hunter2-secret', tls: { ca: authority.pem } };
  const db = await connect(options);
  onCleanUp(() => db.close());
  db.publish('audit', encode('x'));
  await db.flush();
  const pair = await sink.done(saying('Publish audit → NO REPLY'));
  expect(pair.connection).toMatchObject({
    protocol: 'nats',
    clientTls: { decrypted: true },
    spoken: { server: expect.stringContaining('NATS') },
  });
});
