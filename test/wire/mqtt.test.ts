import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startMosquitto } from '../../e2e/support/brokers.ts';
import type { RealServer } from '../../e2e/support/servers.ts';
import { mqtt } from '../../proxy-core/wire/mqtt/mqtt.ts';
import { cleanUp, onCleanUp, startTestCapture, type TestCapture } from '../capture/support.ts';
import { everything, readPair, saying } from './support/decoded.ts';

const run = promisify(execFile);
let server: RealServer;

beforeAll(async () => {
  server = await startMosquitto();
}, 60_000);
afterAll(() => server.stop());
afterEach(cleanUp);

function captured(): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
}

/** A subscriber that ends after so many messages; resolves with what it prints. */
function subscribe(port: number, version: string, count: number, ...args: readonly string[]): Promise<string> {
  const fixed = ['-h', '127.0.0.1', '-p', String(port), '-V', version, '-C', String(count), '-i', 'listener', '-t', 'shop/#'];
  const child = spawn('mosquitto_sub', [...fixed, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    said += String(bytes);
  });
  onCleanUp(() => {
    child.kill();
  });
  return once(child, 'close').then(() => said);
}

function publish(port: number, version: string, qos: number, ...args: readonly string[]): Promise<unknown> {
  const fixed = ['-h', '127.0.0.1', '-p', String(port), '-V', version, '-q', String(qos), '-i', 'teller', '-t', 'shop/orders'];
  return run('mosquitto_pub', [...fixed, ...args], { timeout: 20_000 });
}

test.each(['mqttv31', 'mqttv311', 'mqttv5'])('what mosquitto’s programs say is read (%s)', async (version) => {
  const { inPort, sink } = await captured();
  const heard = subscribe(inPort, version, 3, '-q', '2');
  await sink.done(saying('Subscribe shop/# → OK'));
  for (const qos of [0, 1, 2]) await publish(inPort, version, qos, '-m', `{"order":${String(qos)}}`);
  expect(await heard).toBe('{"order":0}\n{"order":1}\n{"order":2}\n');
  await sink.done(saying('Connect listener → OK'));
  await sink.done(saying('Publish shop/orders → NO REPLY'));
  await sink.find(() => sink.all().filter(saying('Publish shop/orders → OK')).length === 2, 'two acknowledged messages');
  const pushed = (): ReturnType<typeof sink.all> => sink.all().filter(saying('Deliver shop/orders → PUSH'));
  await sink.find(() => pushed().filter(({ state }) => state === 'done').length === 3, 'three delivered messages');
  const [first] = pushed();
  if (first === undefined) throw new Error('nothing was delivered');
  expect(readPair(mqtt, first).response.sections).toMatchObject([{ title: 'Message' }, { kind: 'value', bytes: 11 }]);
  expect(first.connection.protocol).toBe('mqtt');
  expect(sink.all().every((pair) => pair.extra.failure === undefined)).toBe(true);
});

test('user properties are what a message carries, when it is published and when it is delivered', async () => {
  const { inPort, sink } = await captured();
  const heard = subscribe(inPort, 'mqttv5', 1);
  await sink.done(saying('Subscribe shop/# → OK'));
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await publish(inPort, 'mqttv5', 1, '-m', 'x', '-D', 'publish', 'user-property', 'traceparent', traceparent);
  await heard;
  for (const said of ['Publish shop/orders → OK', 'Deliver shop/orders → PUSH']) {
    const { requestBody, responseBody, extra } = await sink.done(saying(said));
    const carried = mqtt.carrier?.fields(requestBody, responseBody, extra.context ?? {});
    expect(carried, said).toEqual([[['traceparent', traceparent]]]);
  }
});

test('a password is kept nowhere', async () => {
  const { inPort, sink } = await captured();
  await publish(inPort, 'mqttv5', 1, '-m', 'x', '-u', 'ada', '-P', 'hunter2-secret', '-D', 'publish', 'content-type', 'text/plain');
  await expect(publish(inPort, 'mqttv311', 1, '-m', 'x', '-u', 'ada', '-P', 'hunter2-wrong')).rejects.toThrow();
  await sink.done(saying('Connect ada@teller → OK'));
  await sink.done(saying('Connect ada@teller → ERR:5'));
  const message = await sink.done(saying('Publish shop/orders → OK'));
  expect(readPair(mqtt, message).request.sections).toMatchObject([{}, { mediaType: 'text/plain' }]);
  expect(everything(sink.all())).not.toContain('hunter2');
});
