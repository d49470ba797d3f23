import { MongoClient, type MongoClientOptions } from 'mongodb';
import { afterEach, expect, test } from 'vitest';
import { mongodb } from '../../proxy-core/wire/mongodb/mongodb.ts';
import { cleanUp, onCleanUp, startTestCapture, type TestCapture } from '../capture/support.ts';
import { everything, readPair, saying } from './support/decoded.ts';
import { startMongoServer } from './support/mongo-server.ts';

afterEach(cleanUp);

async function captured(): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: await startMongoServer() } });
}

async function client(port: number, login = '', more: MongoClientOptions = {}): Promise<MongoClient> {
  const options = { directConnection: true, appName: 'shop', serverSelectionTimeoutMS: 10_000, maxPoolSize: 1, ...more };
  const made = new MongoClient(`mongodb://${login}127.0.0.1:${String(port)}/shop`, options);
  onCleanUp(() => made.close());
  return made.connect();
}

test.each([[], ['zlib']] as const)('what the driver does is read, compressed or not', async (...compressors) => {
  const { inPort, sink } = await captured();
  const db = (await client(inPort, '', { compressors: [...compressors] })).db('shop');
  await db.collection('orders').insertMany([{ tea: 'green', total: 12.5 }, { tea: 'black' }, { tea: null }]);
  expect(
    await db
      .collection('orders')
      .find({ total: { $gt: 5 } })
      .toArray(),
  ).toHaveLength(3);
  await db.admin().buildInfo();
  await expect(db.command({ explode: 1 })).rejects.toThrow('explode');

  const inserted = await sink.done(saying('insert shop.orders → OK'));
  const documents = readPair(mongodb, inserted).request.sections.at(-1);
  expect(documents).toMatchObject({ title: 'documents', total: 3 });
  const found = readPair(mongodb, await sink.done(saying('find shop.orders → OK')));
  expect(found.response.sections.at(-1)).toMatchObject({ title: 'Documents', total: 2 });
  await sink.done(saying('getMore shop.orders → OK'));
  const failed = await sink.done(saying('explode shop → ERR:59'));
  expect(failed.connection).toMatchObject({
    protocol: 'mongodb',
    spoken: { server: 'MongoDB 7.0.5', facts: expect.arrayContaining([['Application', 'shop']]) as unknown },
  });
  expect(readPair(mongodb, failed).response.sections).toContainEqual(expect.objectContaining({ language: 'error' }));
  expect(sink.all().every((pair) => pair.extra.failure === undefined)).toBe(true);
});

test('a password is kept nowhere', async () => {
  const { inPort, sink } = await captured();
  const auth = { authMechanism: 'PLAIN', authSource: '$external' } as const;
  await (await client(inPort, 'ada:hunter2-secret@', auth)).db('shop').command({ ping: 1 });
  await expect(client(inPort, 'ada:hunter2-wrong@', auth)).rejects.toThrow('Authentication');
  await sink.done(saying('saslStart $external → OK'));
  await sink.done(saying('saslStart $external → ERR:18'));
  expect(everything(sink.all())).not.toContain('hunter2');
});
