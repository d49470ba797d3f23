import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type Consumer, Kafka, type KafkaConfig, logLevel, type Message } from 'kafkajs';
import { afterEach, expect, test } from 'vitest';
import { kafka } from '../../proxy-core/wire/kafka/kafka.ts';
import { cleanUp, makeCertificates, onCleanUp, startTestCapture, type TestCapture } from '../capture/support.ts';
import { say } from '../support/say.ts';
import { everything, readPair, saying } from './support/decoded.ts';
import { type KafkaBroker, startKafkaBroker } from './support/kafka-broker.ts';

afterEach(cleanUp);

async function captured(): Promise<TestCapture & { broker: KafkaBroker }> {
  const broker = await startKafkaBroker();
  const capture = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: broker.port } });
  // Clients go where the broker sends them.
  broker.advertised = capture.inPort;
  return { ...capture, broker };
}

/** What kcat prints. */
async function kcat(port: number, args: readonly string[], input = ''): Promise<string> {
  const child = spawn('kcat', ['-b', `127.0.0.1:${String(port)}`, ...args], { stdio: 'pipe' });
  onCleanUp(() => child.kill('SIGKILL'));
  say(child.stdin, input);
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(child.exitCode, errors).toBe(0);
  return out;
}

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('what kcat writes and reads is read, compressed by %s', async (codec) => {
  const { inPort, sink } = await captured();
  const lines = Array.from({ length: 50 }, (_, index) => `user-${String(index)}:{"total":${String(index)}}`);
  await kcat(
    inPort,
    ['-P', '-t', 'orders', '-K:', '-z', codec, '-H', `traceparent=${traceparent}`, '-X', 'linger.ms=100'],
    lines.join('\n'),
  );
  const read = await kcat(inPort, ['-C', '-t', 'orders', '-e', '-q', '-K:', '-X', 'fetch.wait.max.ms=50']);
  expect(read.trim().split('\n')).toEqual(lines);

  const written = await sink.done(saying('Produce orders → OK'));
  const row = [
    'orders',
    '0',
    expect.any(String) as unknown,
    expect.stringMatching(/^20/) as unknown,
    'user-0',
    '{"total":0}',
    `{"traceparent":"${traceparent}"}`,
  ];
  const { request } = readPair(kafka, written);
  expect(request.sections[0]).toMatchObject({ title: 'Records', rows: expect.arrayContaining([row]) as unknown });
  expect(request.frames[1]?.text.includes(codec)).toBe(codec !== 'none');
  const fetched = await sink.done(saying('Fetch orders → OK'));
  expect(readPair(kafka, fetched).response).toMatchObject({ problem: '', sections: [{ title: 'Records', total: 50 }, {}, {}] });
  // What travels in the first of them is found on both ways.
  for (const { requestBody, responseBody, extra } of [written, fetched]) {
    const carried = kafka.carrier?.fields(requestBody, responseBody, extra.context ?? {});
    expect(carried?.[0]).toEqual([['traceparent', traceparent]]);
  }
  const greeted = await sink.done(saying('ApiVersions  → OK'));
  expect(readPair(kafka, greeted).response.sections).toContainEqual(
    expect.objectContaining({ title: 'Supported features', rows: [['metadata.version', '1', '25']] }),
  );
  expect(written.connection).toMatchObject({
    protocol: 'kafka',
    spoken: {
      facts: expect.arrayContaining([
        ['Client', 'rdkafka'],
        ['Software', expect.stringMatching(/^librdkafka 2/)],
      ]) as unknown,
    },
  });
  expect(sink.all().every((pair) => pair.extra.failure === undefined)).toBe(true);
});

function client(port: number, config: Partial<KafkaConfig> = {}): Kafka {
  const brokers = [`127.0.0.1:${String(port)}`];
  // A machine that is busy may take longer than a second for what it usually does at once.
  const patience = { connectionTimeout: 20_000, authenticationTimeout: 20_000, retry: { retries: 1 } };
  return new Kafka({ clientId: 'shop', brokers, logLevel: logLevel.NOTHING, ...patience, ...config });
}

async function send(kafkajs: Kafka, messages: Message[], acks = -1): Promise<void> {
  const producer = kafkajs.producer();
  onCleanUp(() => producer.disconnect());
  await producer.connect();
  await producer.send({ topic: 'orders', messages, acks });
}

test('a group of kafkajs', async () => {
  const { inPort, sink } = await captured();
  const kafkajs = client(inPort);
  await send(kafkajs, [{ key: 'user-1', value: '{"total":5}', headers: { trace: 'abc' } }], 0);
  const consumer: Consumer = kafkajs.consumer({ groupId: 'billing', maxWaitTimeInMs: 50 });
  onCleanUp(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topic: 'orders', fromBeginning: true });
  const seen = await new Promise<string>((resolve) => {
    void consumer.run({ eachMessage: ({ message }) => Promise.resolve(resolve(String(message.value))) });
  });
  expect(seen).toBe('{"total":5}');

  await sink.done(saying('Produce orders → NO REPLY'));
  await sink.done(saying('FindCoordinator billing → OK'));
  await sink.done(saying('JoinGroup billing → MEMBER_ID_REQUIRED'));
  await sink.done(saying('JoinGroup billing → OK'));
  const assigned = await sink.done(saying('SyncGroup billing → OK'));
  expect(readPair(kafka, assigned).response.sections).toContainEqual(
    expect.objectContaining({ fields: expect.arrayContaining([['assignment', 'orders 0']]) as unknown }),
  );
  await sink.done(saying('OffsetFetch orders → OK'));
  await sink.done(saying('Fetch orders → OK'));
  // A poll that finds nothing is no error, and none of the failures below.
  await sink.done(saying('Fetch orders → EMPTY'));
  await consumer.disconnect();
  const left = await sink.done(saying('LeaveGroup billing → OK'));
  expect(left.connection.spoken?.facts).toContainEqual(['Group', 'billing']);
  expect(sink.all().every((pair) => pair.extra.failure === undefined)).toBe(true);
});

test('TLS is opened', async () => {
  const upstream = await makeCertificates();
  const broker = await startKafkaBroker(upstream);
  const app = { tls: true, host: 'localhost', port: broker.port };
  const { inPort, sink, authority } = await startTestCapture({ app, extraCaPem: [upstream.ca] });
  broker.advertised = inPort;
  await send(client(inPort, { brokers: [`localhost:${String(inPort)}`], ssl: { ca: authority.pem } }), [{ value: 'x' }]);
  const pair = await sink.done(saying('Produce orders → OK'));
  expect(pair.connection).toMatchObject({ protocol: 'kafka', clientTls: { decrypted: true } });
});

test('that clients are sent past the listener is told once', async () => {
  const { inPort, broker, notices } = await captured();
  await send(client(inPort), [{ value: 'x' }]);
  expect(notices).toEqual([]);
  broker.advertised = broker.port;
  for (let times = 0; times < 2; times += 1) {
    const admin = client(inPort).admin();
    onCleanUp(() => admin.disconnect());
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: ['orders'] });
  }
  const [own, here] = [`127.0.0.1:${String(broker.port)}`, `127.0.0.1:${String(inPort)}`];
  expect(notices).toEqual([
    {
      id: 'clients-go-past',
      level: 'warning',
      text: `${own} sends its clients on to ${own}, past Sidetap, so that only their first connection is seen: let it advertise ${here} (advertised.listeners), or capture its clients or its container, where nothing has to be changed.`,
    },
  ]);
});

test('errors', async () => {
  const { inPort, sink } = await captured();
  const admin = client(inPort).admin();
  onCleanUp(() => admin.disconnect());
  await admin.connect();
  await expect(admin.fetchTopicMetadata({ topics: ['nowhere'] })).rejects.toThrow('topic');
  const failed = await sink.done(saying('Metadata nowhere → ERR:UNKNOWN_TOPIC_OR_PARTITION'));
  expect(readPair(kafka, failed).response.sections[0]).toMatchObject({ title: 'Error', text: 'UNKNOWN_TOPIC_OR_PARTITION' });
});

function login(password: string): Partial<KafkaConfig> {
  return { sasl: { mechanism: 'plain', username: 'ada', password } };
}

test('a password is kept nowhere', async () => {
  const { inPort, sink } = await captured();
  await send(client(inPort, login('hunter2-secret')), [{ value: 'x' }]);
  await expect(send(client(inPort, login('hunter2-wrong')), [])).rejects.toThrow('who are you?');
  await sink.done(saying('SaslHandshake PLAIN → OK'));
  await sink.done(saying('SaslAuthenticate  → OK'));
  const refused = await sink.done(saying('SaslAuthenticate  → ERR:SASL_AUTHENTICATION_FAILED'));
  expect(refused.connection.spoken?.facts).toEqual(
    expect.arrayContaining([
      ['SASL mechanism', 'PLAIN'],
      ['User', 'ada'],
    ]),
  );
  expect(everything(sink.all())).not.toContain('hunter2');
});
