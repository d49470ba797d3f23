import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addProtoFiles, addReflectedProtos } from '../../proxy-core/protos/add.ts';
import { listProtos, removeProtos } from '../../proxy-core/protos/kept.ts';
import { KeptNames } from '../../proxy-core/store/proto-names.ts';
import { messageBody } from '../../proxy-core/wire/streams.ts';
import { cleanUp, makeCertificates, type StoredPair, startTestCapture } from '../capture/support.ts';
import { readerOf } from './support/stream.ts';

const folder = join(import.meta.dirname, 'protos');
const trust = { insecure: false, extraCa: [] };
const definition = protoLoader.loadSync('shop/users.proto', {
  includeDirs: [folder],
  keepCase: true,
  longs: String,
  bytes: Buffer,
});
let server: grpc.Server;
let port = 0;
let dataDir = '';

/** As an application would give it to the library. */
const ada = {
  name: 'Ada',
  balance: -36,
  home_address: { city: 'Kent' },
  tags: ['a', 'b'],
  scores: [1, -2, 300],
  roles: { admin: 'KIND_REFUNDED' },
  phone: '9007199254740993',
  active: false,
  kind: 'KIND_REGULAR',
  seen_at: { seconds: 1_700_000_000, nanos: 500_000_000 },
  session: { seconds: 90, nanos: 0 },
  nickname: { value: 'Countess' },
  last: { type_url: 'type.googleapis.com/shop.Address', value: Buffer.from('\n\x06London') },
  more: { fields: { deep: { listValue: { values: [{ numberValue: 1.5 }, { stringValue: 'x' }, { nullValue: 0 }] } } } },
  rate: 0.25,
  picture: Buffer.from([0, 255]),
  serial: '7',
  logins: [{ host: 'one' }, { host: 'two' }],
  places: { 5: { city: 'Bath' } },
};

/** The same, as it is shown. */
const shown = {
  name: 'Ada',
  balance: -36,
  home_address: { city: 'Kent' },
  tags: ['a', 'b'],
  scores: [1, -2, 300],
  roles: { admin: 'KIND_REFUNDED' },
  active: false,
  kind: 'KIND_REGULAR',
  seen_at: '2023-11-14T22:13:20.500Z',
  session: '90s',
  nickname: 'Countess',
  last: { '@type': 'type.googleapis.com/shop.Address', city: 'London' },
  more: { deep: [1.5, 'x', null] },
  rate: 0.25,
  picture: 'AP8=',
  serial: 7,
  logins: [{ host: 'one' }, { host: 'two' }],
  places: { 5: { city: 'Bath' } },
};

function usersOf(): grpc.ServiceClientConstructor {
  const shop = grpc.loadPackageDefinition(definition)['shop'] as grpc.GrpcObject;
  return shop['Users'] as grpc.ServiceClientConstructor;
}

beforeAll(async () => {
  server = new grpc.Server();
  server.addService(usersOf().service, {
    Get: (_call: unknown, answer: grpc.sendUnaryData<unknown>) => answer(null, ada),
    Watch: (call: grpc.ServerWritableStream<unknown, unknown>) => {
      call.write({ name: 'one' });
      call.write({ name: 'two' });
      call.end();
    },
  });
  new ReflectionService(definition).addToServer(server);
  port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
});
afterAll(() => server.forceShutdown());
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sidetap-protos-'));
});
afterEach(async () => {
  rmSync(dataDir, { recursive: true, force: true });
  await cleanUp();
});

/** Debian's compiler comes without them. */
function writeWellKnown(place: string): void {
  mkdirSync(place, { recursive: true });
  const declared = {
    any: 'message Any { string type_url = 1; bytes value = 2; }',
    duration: 'message Duration { int64 seconds = 1; int32 nanos = 2; }',
    timestamp: 'message Timestamp { int64 seconds = 1; int32 nanos = 2; }',
    wrappers: 'message StringValue { string value = 1; }',
    struct: `message Struct { map<string, Value> fields = 1; } enum NullValue { NULL_VALUE = 0; } message ListValue { repeated Value values = 1; }
      message Value { oneof kind { NullValue null_value = 1; double number_value = 2; string string_value = 3; ListValue list_value = 6; } }`,
  };
  for (const [name, text] of Object.entries(declared)) {
    writeFileSync(join(place, `${name}.proto`), `syntax = "proto3"; package google.protobuf; ${text}`);
  }
}

/** What a client of the library and the server say to each other. */
async function captured(): Promise<StoredPair[]> {
  const { inPort, sink } = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port } });
  const users = usersOf();
  const client = new users(`127.0.0.1:${String(inPort)}`, grpc.credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 });
  await new Promise<void>((resolve, reject) => {
    client.makeUnaryRequest(
      '/shop.Users/Get',
      (name: string) => Buffer.from(`\n\x03${name}`),
      (bytes) => bytes.length,
      'Ada',
      (error) => (error === null ? resolve() : reject(error)),
    );
  });
  const watched = client.makeServerStreamRequest(
    '/shop.Users/Watch',
    () => Buffer.alloc(0),
    (bytes) => bytes.length,
    'all',
  );
  await new Promise((resolve, reject) =>
    watched
      .on('data', () => {})
      .on('end', resolve)
      .on('error', reject),
  );
  client.close();
  await sink.done((pair) => pair.requestHead.includes('/shop.Users/Watch'));
  return sink.all();
}

/** The messages of a pair, read by the names that are kept now. */
function read(pair: StoredPair): ReturnType<typeof readerOf> {
  return readerOf(pair, new KeptNames(dataDir).current());
}

describe('names of what a real server says', () => {
  const ways: [string, () => Promise<unknown>][] = [
    ['a folder of .proto files', async () => addProtoFiles(dataDir, [folder], '')],
    [
      'a descriptor set of protoc',
      async () => {
        const file = join(dataDir, 'users.binpb');
        writeWellKnown(join(dataDir, 'google/protobuf'));
        execFileSync(
          'protoc',
          ['-I', folder, '-I', dataDir, '--include_imports', `--descriptor_set_out=${file}`, 'shop/users.proto'],
          {
            timeout: 30_000,
          },
        );
        addProtoFiles(dataDir, [file], '');
      },
    ],
    ['server reflection', () => addReflectedProtos(dataDir, { host: '127.0.0.1', port, tls: false }, trust)],
  ];

  test.each(ways)('from %s', async (_, give) => {
    const [get, watch] = await captured();
    if (get === undefined || watch === undefined) throw new Error('the calls were not captured');
    // It was captured before anybody gave names.
    expect(read(get).conversation).toMatchObject({ nameless: true, messages: [{ preview: '1: "Ada"' }, {}] });
    await give();
    const { conversation, reader } = read(get);
    expect(conversation.nameless).toBe(false);
    expect(conversation.messages.map(({ preview, facts, problem }) => [preview.slice(0, 60), facts, problem])).toEqual([
      ['name: "Ada"', [['Type', 'shop.Wanted']], ''],
      [
        'name: "Ada", balance: -36, home_address: { city: "Kent" }, t',
        [
          ['Type', 'shop.User'],
          ['One of', 'contact: phone'],
        ],
        '',
      ],
    ]);
    const { named } = messageBody(reader, 1, 1_000_000) ?? {};
    expect(named).toMatchObject({ type: 'shop.User', cut: false });
    // A number that JavaScript cannot hold is not rounded.
    expect(named?.json).toContain('"phone":9007199254740993');
    const { phone: _phone, ...rest } = JSON.parse(named?.json ?? '') as Record<string, unknown>;
    expect(rest).toEqual(shown);
    expect(read(watch).conversation.messages.map(({ preview }) => preview)).toEqual(['', 'name: "one"', 'name: "two"']);
  });

  test('are listed, replaced and forgotten', async () => {
    const names = new KeptNames(dataDir);
    expect(names.current()).toBeNull();
    addProtoFiles(dataDir, [folder], 'ours');
    const first = names.current();
    expect(first?.method('/shop.Users/Get?x=1')?.response?.name).toBe('shop.User');
    expect(names.current()).toBe(first);
    addProtoFiles(dataDir, [folder], 'ours');
    expect(listProtos(dataDir)).toMatchObject([
      { title: 'ours', services: ['shop.Users'], methods: 2, messages: 4, problemCount: 0 },
    ]);
    expect(names.current()).not.toBe(first);
    expect(() => removeProtos(dataDir, 'theirs')).toThrow(expect.objectContaining({ code: 'protos-not-found' }));
    removeProtos(dataDir, 'ours');
    expect(listProtos(dataDir)).toEqual([]);
    expect(names.current()).toBeNull();
  });
});

describe('what gives no names says why', () => {
  const bad: [string, string, RegExp][] = [
    ['broken.proto', 'syntax = "proto3";\nmessage A {\n  string = 1;\n}\n', /^broken\.proto, line 3: illegal/],
    ['deep.proto', 'message A {'.repeat(5_000), /^deep\.proto: max depth exceeded/],
    ['noise.pb', '\x01\x02\x03', /^noise\.pb is no descriptor set/],
    ['empty.pb', '', /^empty\.pb is no descriptor set/],
    ['nothing.proto', 'syntax = "proto3";', /declares no message/],
  ];

  test.each(bad)('%s', (name, content, sentence) => {
    const file = join(dataDir, name);
    writeFileSync(file, content);
    expect(() => addProtoFiles(dataDir, [file], name)).toThrow(sentence);
    expect(listProtos(dataDir)).toEqual([]);
  });

  test('of a folder what can be read is taken, and the rest named', () => {
    writeFileSync(
      join(dataDir, 'good.proto'),
      'message Good { optional Missing gone = 1; repeated group Part = 2 { optional int32 size = 3; } }',
    );
    writeFileSync(join(dataDir, 'bad.proto'), 'message');
    expect(addProtoFiles(dataDir, [dataDir], 'half')).toMatchObject({
      messages: 2,
      problemCount: 1,
      problems: [/^bad\.proto, line 1/],
    });
  });

  test('what is no file is not read', () => {
    expect(() => addProtoFiles(dataDir, ['/dev/zero'], 'endless')).toThrow('zero is no file');
  });

  test('a server inside of TLS is asked where its certificate can be trusted', async () => {
    const { ca, key, cert } = await makeCertificates();
    const secure = new grpc.Server();
    new ReflectionService(definition).addToServer(secure);
    const credentials = grpc.ServerCredentials.createSsl(null, [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }]);
    const at = await new Promise<number>((resolve) => {
      secure.bindAsync('127.0.0.1:0', credentials, (_error, bound) => resolve(bound));
    });
    const target = { host: 'localhost', port: at, tls: true };
    try {
      await expect(addReflectedProtos(dataDir, target, trust)).rejects.toMatchObject({ code: 'upstream-unreachable' });
      expect(await addReflectedProtos(dataDir, target, { insecure: false, extraCa: [ca] })).toMatchObject({
        title: `localhost:${String(at)}`,
        methods: 2,
      });
      expect(await addReflectedProtos(dataDir, target, { insecure: true, extraCa: [] })).toMatchObject({ kind: 'server' });
    } finally {
      secure.forceShutdown();
    }
  });

  test('a server without reflection, and one that is none', async () => {
    const plain = new grpc.Server();
    const at = await new Promise<number>((resolve) => {
      plain.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, bound) => resolve(bound));
    });
    try {
      await expect(addReflectedProtos(dataDir, { host: '127.0.0.1', port: at, tls: false }, trust)).rejects.toThrow(
        /Switch server reflection on/,
      );
      await expect(addReflectedProtos(dataDir, { host: '127.0.0.1', port: at, tls: true }, trust)).rejects.toMatchObject({
        code: 'upstream-unreachable',
      });
    } finally {
      plain.forceShutdown();
    }
  });
});
