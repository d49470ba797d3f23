import { body, deliver, header, open, openOk, start, startOk, tune, tuneOk } from '../../proxy-core/wire/amqp/testing/frames.ts';
import type { SummarisedHandle, SummarisedObserver, WireConnection, WireDecoder } from '../../proxy-core/wire/decoder.ts';
import { createHttp1Decoder } from '../../proxy-core/wire/http1/decoder.ts';
import { silentHandle } from '../../proxy-core/wire/http1/testing/silent-handle.ts';
import { createHttp2Decoder } from '../../proxy-core/wire/http2/decoder.ts';
import { data, END_STREAM, get, hello, ok as okHeaders, settings } from '../../proxy-core/wire/http2/testing/frames.ts';
import * as kafka from '../../proxy-core/wire/kafka/testing/messages.ts';
import { batch } from '../../proxy-core/wire/kafka/testing/records.ts';
import { accepted, connect, publish } from '../../proxy-core/wire/mqtt/testing/packets.ts';
import * as mysql from '../../proxy-core/wire/mysql/testing/packets.ts';
import * as postgresql from '../../proxy-core/wire/postgresql/testing/messages.ts';
import { wireProtocol } from '../../proxy-core/wire/registry.ts';

/** What decoding costs by itself in each protocol, with an observer that does nothing: `node bench/micro/decoders.ts [protocol]`. */

const nothing = (): void => {};
const handle: SummarisedHandle = {
  ...silentHandle({
    failed: (_code, detail) => {
      throw new Error(detail);
    },
  }),
  summary: nothing,
  context: nothing,
};
const observer: SummarisedObserver = { exchangeStarted: () => handle };
const connection: WireConnection = { learned: nothing, tlsMayFollow: nothing, goesOn: nothing };

type Side = 'client' | 'server';
type Said = readonly [Side, Buffer];

interface Case {
  protocol: string;
  name: string;
  create(): WireDecoder;
  /** Said once, to begin with. */
  begin: readonly Said[];
  /** Said again and again. `round` tells the numbers of streams apart. */
  exchange(round: number): readonly Said[];
}

const client = (...parts: readonly (string | Buffer)[]): Said => ['client', joined(parts)];
const server = (...parts: readonly (string | Buffer)[]): Said => ['server', joined(parts)];

function joined(parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
}

/** A case of a protocol of the registry; its exchange is the same each time. */
function registered(protocol: string, name: string, begin: readonly Said[], exchange: readonly Said[]): Case {
  const found = wireProtocol(protocol);
  if (found === undefined) throw new Error(`no protocol is called ${protocol}`);
  return { protocol, name, begin, create: () => found.createDecoder(observer, connection), exchange: () => exchange };
}

const text = 'x'.repeat(1_024);
const kafkaRecords = batch(Array.from({ length: 100 }, () => ({ key: null, value: text })));
const rows = (row: (number: number) => Buffer): Buffer => Buffer.concat(Array.from({ length: 100 }, (_, number) => row(number)));
const sql = 'SELECT id, name, price FROM product WHERE shop = 17 ORDER BY price LIMIT 100';
const cells = (number: number): string[] => [String(number), `product number ${String(number)}`, '12.50'];

const cases: readonly Case[] = [
  {
    protocol: 'http',
    name: 'GET, 1 KB',
    create: () => createHttp1Decoder(observer),
    begin: [],
    exchange: () => [
      client('GET /v1/users?limit=10 HTTP/1.1\r\nHost: localhost:8080\r\nAccept: application/json\r\n\r\n'),
      server(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n\r\n${text}`),
    ],
  },
  {
    protocol: 'http2',
    name: 'GET, 1 KB',
    create: () => createHttp2Decoder(observer),
    begin: [client(hello), server(settings)],
    exchange: (round) => {
      const stream = round * 2 + 1;
      return [client(get(stream, '/v1/users?limit=10')), server(okHeaders(stream), data(stream, text, END_STREAM))];
    },
  },
  registered(
    'redis',
    'GET, 20 B',
    [],
    [client('*2\r\n$3\r\nGET\r\n$8\r\nuser:123\r\n'), server(`$20\r\n${text.slice(0, 20)}\r\n`)],
  ),
  registered('redis', 'GET, 1 KB', [], [client('*2\r\n$3\r\nGET\r\n$8\r\nuser:123\r\n'), server(`$1024\r\n${text}\r\n`)]),
  registered(
    'postgresql',
    'query, 100 rows',
    [client(postgresql.startup), server(postgresql.welcome)],
    [
      client(postgresql.query(sql)),
      server(
        postgresql.columns('id', 'name', 'price'),
        rows((number) => postgresql.row(...cells(number))),
        postgresql.complete('SELECT 100'),
        postgresql.ready,
      ),
    ],
  ),
  registered(
    'mysql',
    'query, 100 rows',
    [server(mysql.greeting()), client(mysql.introduction()), server(mysql.ok(2))],
    [
      client(mysql.query(sql)),
      server(
        mysql.packet(1, 3),
        ...['id', 'name', 'price'].map((name, index) => mysql.column(2 + index, name)),
        mysql.eof(5),
        rows((number) => mysql.row(6 + number, ...cells(number))),
        mysql.eof(106),
      ),
    ],
  ),
  registered('memcached', 'get, 1 KB', [], [client('get user:123\r\n'), server(`VALUE user:123 0 1024\r\n${text}\r\nEND\r\n`)]),
  registered(
    'nats',
    'PUB, 1 KB',
    [server('INFO {"server_id":"A","version":"2.9.10"}\r\n'), client('CONNECT {"verbose":false}\r\n')],
    [client(`PUB orders.new 1024\r\n${text}\r\n`)],
  ),
  registered('mqtt', 'publish, 1 KB', [client(connect()), server(accepted)], [client(publish(0, 0, 'orders/new', text))]),
  registered(
    'amqp',
    'deliver, 1 KB',
    [
      client(Buffer.from('AMQP\0\0\u0009\u0001', 'latin1')),
      server(start),
      client(startOk()),
      server(tune),
      client(tuneOk, open),
      server(openOk),
    ],
    [server(deliver(1, 1, 'orders.new'), header(1, text.length), body(1, text))],
  ),
  registered(
    'kafka',
    'fetch, 100 × 1 KB',
    [],
    [
      client(kafka.request(1, 11, 1, { topics: [{ topic: 'orders.new', partitions: [{}] }] })),
      server(kafka.answer(1, 11, 1, { topics: [{ topic: 'orders.new', partitions: [{ records: kafkaRecords }] }] })),
    ],
  ),
];

/** CPU time of this process, µs. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Exchanges that are made ready outside of what is measured. */
const ROUNDS = 500;
const SLICES = 40;

/** The best of many short slices, because other processes of a busy machine slow down most of them. */
function measure(each: Case): void {
  const decoder = each.create();
  for (const [side, bytes] of each.begin) decoder.push(side, bytes, 1);
  let best = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let slice = 0; slice < SLICES; slice++) {
    const said = Array.from({ length: ROUNDS }, (_, round) => each.exchange(slice * ROUNDS + round)).flat();
    bytes = said.reduce((sum, [, piece]) => sum + piece.length, 0) / ROUNDS;
    const begun = cpuMicros();
    for (const [side, piece] of said) decoder.push(side, piece, 2);
    best = Math.min(best, (cpuMicros() - begun) / ROUNDS);
  }
  if (decoder.passedThrough) throw new Error(`${each.protocol}, ${each.name}: the decoder gave up`);
  const columns = [
    each.protocol.padEnd(12),
    each.name.padEnd(18),
    `${Math.round(bytes).toLocaleString('en')} B`.padStart(10),
    `${best.toFixed(2)} µs/exchange`.padStart(20),
    `${Math.round(bytes / best).toLocaleString('en')} MB/s`.padStart(14),
  ];
  console.log(columns.join(''));
}

const wanted = process.argv[2];
for (const each of cases) if (wanted === undefined || each.protocol === wanted) measure(each);
