import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addProtoFiles } from '../../proxy-core/protos/add.ts';
import { removeProtos } from '../../proxy-core/protos/kept.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { RecordBatches } from '../../proxy-core/store/record-batches.ts';
import type { Store } from '../../proxy-core/store/store.ts';
import { message, record } from '../export/records.ts';
import { idsOf, query, temporaryDirectory } from './pairs.ts';

let directory: ReturnType<typeof temporaryDirectory>;
let store: Store;

beforeEach(async () => {
  directory = temporaryDirectory();
  store = await openStore(directory.path);
});

afterEach(async () => {
  await store.close();
  directory.remove();
});

function envelope(payload: Buffer, flags: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(payload.length, 1);
  return Buffer.concat([prefix, payload]);
}

test('a call of gRPC is listed, found and read by what it says', async () => {
  const head = 'content-type: application/grpc\r\ngrpc-encoding: gzip\r\n\r\n';
  const asked = envelope(gzipSync(Buffer.from('\n\x06needle')), 1);
  const request = `POST /shop.Users/Find HTTP/2\r\n:scheme: http\r\n:authority: users.test\r\n${head}`;
  const response = Buffer.from(`HTTP/2 200\r\n${head}grpc-status: 5\r\ngrpc-message: none\r\n\r\n`);
  const batches = new RecordBatches((batch) => store.write(batch));
  batches.add({ ...record(80, request, asked), id: store.nextPairId, response: message(response, Buffer.alloc(0)) });
  batches.flush();
  await store.flush();
  const detail = await store.detail(1);
  expect(detail).toMatchObject({
    host: 'users.test',
    location: '/shop.Users/Find',
    status: 'ERR:NOT_FOUND',
    conversation: 'grpc',
    response: {
      trailers: [
        ['grpc-status', '5'],
        ['grpc-message', 'none'],
      ],
    },
  });
  const said = await store.conversation(1, { offset: 0, limit: 10, text: 'NEEDLE', from: 'both' });
  expect(said).toMatchObject({ matched: 1, end: 'The server ended the call with NOT_FOUND: none.' });
  expect(said?.messages).toMatchObject([{ from: 'client', preview: '1: "needle"' }]);
  for (const filter of ['body:needle', 'grpc.method:users/find', 'header[grpc-message]:none', 'status:ERR', 'host:users.test'])
    expect(await idsOf(store, query(filter)), filter).toEqual([1]);
  expect(await idsOf(store, query('grpc.method:other'))).toEqual([]);

  // Names that are given later hold for it too.
  const proto = join(directory.path, 'users.proto');
  writeFileSync(
    proto,
    'package shop; message Wanted { optional string name = 1; } service Users { rpc Find(Wanted) returns (Wanted); }',
  );
  addProtoFiles(directory.path, [proto], '');
  const everything = { offset: 0, limit: 10, text: '', from: 'both' } as const;
  expect(await store.conversation(1, everything)).toMatchObject({ nameless: false, messages: [{ preview: 'name: "needle"' }] });
  expect(await store.message(1, 0)).toMatchObject({ named: { type: 'shop.Wanted', json: '{"name":"needle"}', cut: false } });
  removeProtos(directory.path, proto);
  expect(await store.conversation(1, everything)).toMatchObject({ nameless: true, messages: [{ preview: '1: "needle"' }] });
});

test('what a server pushed leads to the request because of which it did', async () => {
  const batches = new RecordBatches((batch) => store.write(batch));
  const add = (target: string, context: Record<string, unknown> | undefined): void => {
    const id = store.nextPairId + added.length;
    const made = record(80, `GET ${target} HTTP/2\r\n:scheme: http\r\n:authority: a.test\r\n\r\n`);
    added.push(id);
    batches.add({ ...made, id, ...(context === undefined ? {} : { context }) });
  };
  const added: number[] = [];
  const promisedWith = { method: 'GET', path: '/page' };
  add('/page?token=1', undefined);
  add('/pages', undefined);
  add('/style.css', { promisedWith });
  add('/other.css', { promisedWith: { method: 'GET', path: '/gone' } });
  add('/odd.css', { promisedWith: 'nobody' });
  batches.flush();
  await store.flush();
  const found = await Promise.all(added.map(async (id) => (await store.detail(id)).promisedWith));
  expect(found).toEqual([null, null, { ...promisedWith, id: added[0] }, { method: 'GET', path: '/gone', id: null }, null]);
  const pushes = await Promise.all(added.map(async (id) => (await store.detail(id)).pushes));
  expect(pushes).toEqual([[{ id: added[2], location: '/style.css' }], [], [], [], []]);
  // What makes no sense says nothing.
  expect(await idsOf(store, query('is:pushed'))).toEqual(added.slice(2, 4));
  expect(await idsOf(store, query(`pushed-by:${String(added[0])}`))).toEqual([added[2]]);
});
