import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, describe as group, test } from 'vitest';
import { limits } from '../../limits.ts';
import type { Reading } from '../../rrpair/reading.ts';
import { apiName } from './apis.ts';
import { kafka } from './kafka.ts';
import { answer, framed, type Members, request } from './testing/messages.ts';
import { batch, oldMessage } from './testing/records.ts';

interface Pair {
  key: number;
  version: number;
  asked?: Members;
  answered?: Members;
  topics?: string[];
  firstRow?: number;
  keep?: number;
}

function read({ key, version, asked, answered, topics = [], firstRow = 0, keep }: Pair): Reading {
  const response = answered === undefined ? Buffer.alloc(0) : answer(key, version, 1, answered);
  return kafka.read({
    request: request(key, version, 1, asked),
    requestCut: false,
    response: response.subarray(0, keep),
    responseCut: keep !== undefined,
    summary: { command: apiName(key), location: '', status: '' },
    context: { topics },
    firstRow,
  });
}

/** What a Fetch that brought these shows. */
function fetched(records: Buffer, more: Partial<Pair> = {}): Reading['response'] {
  const answered = { topics: [{ topic: 'orders', partitions: [{ partition: 3, records }] }] };
  return read({ key: 1, version: 11, answered, ...more }).response;
}

const samples = [
  { key: 'a', value: 'green tea', headers: { trace: 'abc' } },
  { key: null, value: null },
];
const columns = ['topic', 'partition', 'offset', 'time', 'key', 'value', 'headers'].map((name) => ({ name, type: '' }));
const shown = {
  title: 'Records',
  columns,
  rows: [
    ['orders', '3', '7', '2026-11-20T00:00:00.000Z', 'a', 'green tea', '{"trace":"abc"}'],
    ['orders', '3', '8', '2026-11-20T00:00:00.001Z', null, null, ''],
  ],
  total: 2,
};

/** All of it as it is (https://github.com/google/snappy/blob/main/format_description.txt). */
function snappy(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([bytes.length | 0x80, bytes.length >> 7, 60 << 2, bytes.length - 1]), bytes]);
}

function xerial(bytes: Buffer): Buffer {
  const pieces = [bytes.subarray(0, 9), bytes.subarray(9)].map(snappy);
  const head = Buffer.from('\u0082SNAPPY\0\0\0\0\u0001\0\0\0\u0001', 'latin1');
  return Buffer.concat([head, ...pieces.flatMap((piece) => [Buffer.from([0, 0, 0, piece.length]), piece])]);
}

/** A frame of one block that is not compressed, with its checksum. */
function lz4(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE((bytes.length | 0x80_00_00_00) >>> 0);
  return Buffer.concat([Buffer.from([4, 0x22, 0x4d, 0x18, 0x70, 0x40, 0]), size, bytes, Buffer.alloc(8)]);
}

group('records', () => {
  test.each([
    ['plain', 0, (bytes: Buffer) => bytes],
    ['gzip', 1, gzipSync],
    ['snappy', 2, snappy],
    ['snappy in pieces', 2, xerial],
    ['lz4', 3, lz4],
    ['zstd', 4, zstdCompressSync],
  ])('of a batch, %s', (_name, codec, compress) => {
    const { sections, problem } = fetched(batch(samples, { offset: 7, codec, compress }));
    expect(sections[0]).toMatchObject(shown);
    expect(problem).toBe('');
  });
  test('of the forms before', () => {
    const inner = Buffer.concat([oldMessage(1, 0, 'a', 'x'), oldMessage(1, 1, 'b', 'y')]);
    const { sections, frames } = fetched(Buffer.concat([oldMessage(0, 4, null, 'w'), oldMessage(1, 6, null, gzipSync(inner), 1)]));
    expect(sections[0]).toMatchObject({
      rows: [
        ['orders', '3', '4', '', null, 'w', ''],
        ['orders', '3', '5', '2026-11-20T00:00:00.000Z', 'a', 'x', ''],
        ['orders', '3', '6', '2026-11-20T00:00:00.000Z', 'b', 'y', ''],
      ],
      total: 3,
    });
    expect(frames.map(({ name }) => name)).toEqual(['Fetch answer', 'Message', 'Message']);
  });
  test('page by page', () => {
    const many = Array.from({ length: 150 }, (_, index) => ({ key: null, value: String(index) }));
    const batches = [0, 150, 300].map((offset) => batch(many, { offset, codec: 1, compress: gzipSync }));
    const { sections } = fetched(Buffer.concat(batches), { firstRow: limits.readingRows });
    const [table] = sections;
    if (table?.kind !== 'table') throw new Error('no table');
    expect(table).toMatchObject({ offset: limits.readingRows, total: 450 });
    expect(table.rows).toHaveLength(limits.readingRows);
    expect(table.rows[0]?.[2]).toBe('200');
    expect(table.rows.at(-1)?.[2]).toBe('399');
  });
  test('alone are shown in full', () => {
    const records = batch([{ key: 'a', value: '{"total":5}', headers: { trace: 'abc' } }]);
    expect(fetched(records).sections.slice(1, 4)).toMatchObject([
      { title: 'Headers', fields: [['trace', 'abc']] },
      { title: 'Key', bytes: 1 },
      { title: 'Value', bytes: 11 },
    ]);
  });
  test('that end a transaction', () => {
    const control = batch([{ key: '\0\0\0\u0001', value: 'x' }], { attributes: 0x30 });
    const { sections, frames } = fetched(control);
    expect(sections[0]).toMatchObject({ rows: [['orders', '3', '0', expect.any(String), 'COMMIT', null, '']] });
    expect(frames[1]?.text).toBe('orders/3, offset 0, 1 records, in a transaction, end of a transaction');
  });
  test.each([
    ['of which not all came', batch(samples).subarray(0, 30), 0, 'The last batch is not complete.'],
    ['that are cut short', batch(samples, { compress: (bytes) => bytes.subarray(0, 9) }), 1, 'Not all records are complete.'],
    ['of which there are more', batch([...samples, ...samples]).fill(2, 60, 61), 2, 'There is more in a batch than its records.'],
    ['that are broken', batch(samples, { codec: 3 }), 2, 'What is compressed with lz4 cannot be read.'],
    ['compressed in a new way', batch(samples, { codec: 6 }), 2, 'What is compressed with codec 6 cannot be read.'],
  ])('%s', (_name, records, total, problem) => {
    const response = fetched(records);
    expect(response.problem).toBe(problem);
    const table = response.sections.find(({ title }) => title === 'Records');
    expect(table?.kind === 'table' ? table.total : 0).toBe(total);
  });
});

group('messages', () => {
  test('are shown as fields and tables', () => {
    const { request: asked, response } = read({
      key: 3,
      version: 12,
      asked: { topics: [{ topic: 'orders' }], allowAutoTopicCreation: true },
      answered: {
        brokers: [{ nodeId: 1, host: 'kafka-1', port: 9092 }],
        clusterId: 'test',
        topics: [
          {
            topic: 'orders',
            partitions: [
              { leader: 1, replicas: [1, 2] },
              { partition: 1, error: 5 },
            ],
          },
          { topic: 'nowhere', error: 3 },
        ],
      },
    });
    expect(asked.sections).toMatchObject([
      {
        title: 'Metadata',
        fields: [
          ['client id', 'shop'],
          ['allow auto topic creation', 'true'],
          ['include topic operations', 'false'],
        ],
      },
      { title: 'Topics', rows: [['', 'orders']] },
    ]);
    const [error, fields, brokers, topics] = response.sections;
    expect(error).toMatchObject({ text: 'LEADER_NOT_AVAILABLE\nUNKNOWN_TOPIC_OR_PARTITION', language: 'error' });
    expect(fields).toMatchObject({ fields: expect.arrayContaining([['cluster id', 'test']]) as unknown });
    expect(brokers).toMatchObject({ title: 'Brokers', rows: [['1', 'kafka-1', '9092', '']] });
    if (topics?.kind !== 'table') throw new Error('no table');
    const rows = topics.rows.map((row) => Object.fromEntries(topics.columns.map(({ name }, index) => [name, row[index]])));
    expect(rows).toMatchObject([
      { topic: 'orders', partition: '0', leader: '1', replicas: '1, 2', error: 'NONE' },
      { topic: 'orders', partition: '1', 'partitions error': 'LEADER_NOT_AVAILABLE' },
      { topic: 'nowhere', error: 'UNKNOWN_TOPIC_OR_PARTITION', partition: '' },
    ]);
  });
  test('tell what members of a group are given', () => {
    const subscription = Buffer.from('\0\u0001\0\0\0\u0002\0\u0006orders\0\u0005audit\0\0\0\0', 'latin1');
    const assignment = Buffer.from('\0\0\0\0\0\u0001\0\u0006orders\0\0\0\u0002\0\0\0\0\0\0\0\u0003\0\0\0\0', 'latin1');
    const joined = read({
      key: 11,
      version: 5,
      asked: {
        protocols: [
          { name: 'range', subscription },
          { name: 'other', subscription: 'x' },
        ],
      },
    });
    expect(joined.request.sections.at(-1)).toMatchObject({
      rows: [
        ['range', 'orders audit'],
        ['other', 'x'],
      ],
    });
    const synced = read({ key: 14, version: 3, answered: { assignment } });
    expect(synced.response.sections.at(-1)).toMatchObject({
      fields: expect.arrayContaining([['assignment', 'orders 0 3']]) as unknown,
    });
  });
  test('have names for identities of topics', () => {
    const id = 'AAAAAAAAQACAAAAAAAAAAQ';
    const topics = [{ topicId: id, partitions: [{ records: batch([{ key: null, value: 'x' }]) }] }];
    const { sections } = fetched(Buffer.alloc(0), { version: 13, answered: { topics }, topics: [id, 'orders'] });
    expect(sections[0]).toMatchObject({ rows: [['orders', '0', '0', expect.any(String), null, 'x', '']] });
    expect(sections.at(-1)).toMatchObject({ rows: [expect.arrayContaining([`${id} (orders)`])] });
  });
  test('say what their tagged fields mean', () => {
    const features = {
      supportedFeatures: [{ feature: 'metadata.version', minVersion: 1, maxVersion: 25 }],
      finalizedFeaturesEpoch: 7,
    };
    const { sections } = read({ key: 18, version: 4, answered: { apis: [{ api: 1, maxVersion: 11 }], ...features } }).response;
    expect(sections).toMatchObject([
      { fields: expect.arrayContaining([['finalized features epoch', '7']]) as unknown },
      { title: 'Apis' },
      { title: 'Supported features', rows: [['metadata.version', '1', '25']] },
    ]);
    const endpoints = { nodeEndpoints: [{ nodeId: 2, host: 'kafka-2', port: 9092, rack: null }] };
    const moved = { partition: 3, error: 6, currentLeader: { id: 2, epoch: 9 } };
    for (const [key, version] of [
      [0, 10],
      [1, 16],
    ] as const) {
      const { response } = read({ key, version, answered: { topics: [{ topic: 'orders', partitions: [moved] }], ...endpoints } });
      expect(response.problem).toBe('');
      const [partitions, nodes] = response.sections.filter(({ kind }) => kind === 'table');
      expect(partitions).toMatchObject({
        columns: expect.arrayContaining([{ name: 'current leader epoch', type: '' }]) as unknown,
      });
      expect(partitions).toMatchObject({ rows: [expect.arrayContaining(['2', '9', 'NOT_LEADER_OR_FOLLOWER'])] });
      expect(nodes).toMatchObject({ title: 'Node endpoints', rows: [['2', 'kafka-2', '9092', null]] });
    }
    const asked = read({
      key: 1,
      version: 15,
      asked: { clusterId: 'abc', replicaState: { replicaId: 4, replicaEpoch: 5 } },
    }).request;
    expect(asked.sections).toMatchObject([
      { fields: expect.arrayContaining([['cluster id', 'abc']]) as unknown },
      { title: 'Replica state', rows: [['4', '5']] },
    ]);
  });
  test('show tagged fields that nobody knows, and those that are not what they should be', () => {
    const unknown = Buffer.from([2, 1, 3, 255, 1, 2, 128, 2, 0]);
    const { sections } = read({ key: 12, version: 4, answered: { error: 0, '': unknown } }).response;
    const [fields] = sections;
    expect(fields).toMatchObject({
      fields: [
        ['header tag 1', '3 bytes: 0xff0102'],
        ['header tag 256', '0 bytes'],
        ['throttle ms', '0'],
        ['error', 'NONE'],
        ['tag 1', '3 bytes: 0xff0102'],
        ['tag 256', '0 bytes'],
      ],
    });
    // The epoch has eight bytes.
    const short = Buffer.from([1, 1, 2, 0, 1]);
    expect(read({ key: 18, version: 3, answered: { '': short } }).response).toMatchObject({
      problem: '',
      sections: [{ fields: expect.arrayContaining([['finalized features epoch', '2 bytes: 0x0001']]) as unknown }],
    });
  });
  test('say what cannot be read', () => {
    expect(read({ key: 1, version: 25 }).request.problem).toBe('What version 25 of Fetch has in it is not known here.');
    expect(fetched(batch(samples), { keep: 60 }).problem).toBe('Not all of it was kept.');
    expect(read({ key: 18, version: 3, answered: { error: 0 } }).response.problem).toBe('');
  });
  test('of a server that does not know the version', () => {
    const bare = framed(Buffer.from([0, 0, 0, 1, 0, 35]));
    const response = answer(18, 0, 1, { error: 35, apis: [{ api: 1, maxVersion: 11 }] });
    const summary = { command: 'ApiVersions', location: '', status: '' };
    const stored = { requestCut: false, responseCut: false, summary, context: {}, firstRow: 0 };
    const reading = kafka.read({ ...stored, request: request(18, 3, 1), response });
    expect(reading.response).toMatchObject({
      problem: '',
      sections: [{ text: 'UNSUPPORTED_VERSION' }, {}, { rows: [['Fetch', '0', '11']] }],
    });
    expect(kafka.read({ ...stored, request: request(18, 3, 1), response: bare }).response.problem).toBe('');
  });
});
