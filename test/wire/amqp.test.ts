import { once } from 'node:events';
import { type ChannelModel, connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startRabbitmq } from '../../e2e/support/brokers.ts';
import type { RealServer } from '../../e2e/support/servers.ts';
import { amqp } from '../../proxy-core/wire/amqp/amqp.ts';
import { cleanUp, onCleanUp, startTestCapture, type TestCapture } from '../capture/support.ts';
import { everything, readPair, saying } from './support/decoded.ts';

let server: RealServer;

// Erlang takes its time on a busy machine.
beforeAll(async () => {
  server = await startRabbitmq();
}, 90_000);
afterAll(() => server.stop(), 30_000);
afterEach(cleanUp);

function captured(): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
}

async function client(port: number, password = 'guest'): Promise<ChannelModel> {
  const made = await connect({ hostname: '127.0.0.1', port, username: 'guest', password, vhost: '/' });
  made.on('error', () => {
    // Its end is the capture's.
  });
  onCleanUp(() => made.close().catch(() => {}));
  return made;
}

test('queues, messages and their confirmations are read', async () => {
  const { inPort, sink } = await captured();
  const connection = await client(inPort);
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange('shop', 'topic', { durable: false });
  await channel.assertQueue('orders', { durable: false, arguments: { 'x-max-length': 10 } });
  await channel.bindQueue('orders', 'shop', 'order.*');
  const heard: string[] = [];
  const second = new Promise<void>((resolve) => {
    void channel.consume('orders', (message) => {
      if (message === null) return;
      heard.push(`${message.fields.routingKey} ${String(message.content.length)}`);
      channel.ack(message);
      if (heard.length === 2) resolve();
    });
  });
  channel.publish('shop', 'order.paid', Buffer.from('{"id":1}'), { contentType: 'application/json', headers: { trace: 'abc' } });
  channel.publish('shop', 'order.sent', Buffer.alloc(300_000, 'x'));
  await channel.waitForConfirms();
  await second;
  expect(heard).toEqual(['order.paid 8', 'order.sent 300000']);

  const connected = await sink.done(saying('Connect guest@/ → OK'));
  expect(connected.connection).toMatchObject({ protocol: 'amqp', spoken: { server: expect.stringMatching(/^RabbitMQ \d/) } });
  const queue = await sink.done(saying('QueueDeclare orders → OK'));
  expect(readPair(amqp, queue).response.sections).toMatchObject([{ title: 'QueueDeclareOk' }]);
  await sink.done(saying('QueueBind orders shop/order.* → OK'));
  const published = await sink.done(saying('Publish shop/order.paid → OK'));
  expect(readPair(amqp, published).request.sections).toMatchObject([
    {},
    { fields: expect.arrayContaining([['trace', 'abc']]) as unknown },
    { bytes: 8, mediaType: 'application/json' },
  ]);
  const sent = await sink.done(saying('Publish shop/order.sent → OK'));
  expect(sent.requestBody.length).toBeGreaterThan(300_000);
  const delivered = await sink.done(saying('Deliver shop/order.paid → PUSH'));
  expect(readPair(amqp, delivered).request.sections).toMatchObject([{ title: 'Ack' }]);
  expect(sink.all().every((pair) => pair.extra.failure === undefined)).toBe(true);
});

test('what fails is an error, and passwords are kept nowhere', async () => {
  const { inPort, sink } = await captured();
  const connection = await client(inPort);
  const channel = await connection.createChannel();
  const failed = once(channel, 'error');
  await expect(channel.checkQueue('missing')).rejects.toThrow('missing');
  await failed;
  await expect(client(inPort, 'hunter2-wrong')).rejects.toThrow('refused');
  await sink.done(saying('QueueDeclare missing → ERR:404'));
  const refused = await sink.done(saying('Connect guest → ERR:403'));
  expect(readPair(amqp, refused).response.sections).toContainEqual(expect.objectContaining({ language: 'error' }));
  const all = everything(sink.all());
  expect(all).not.toContain('hunter2');
  // PLAIN has a zero before the user and before the password.
  expect(all).not.toContain('\0guest\0guest');
});
