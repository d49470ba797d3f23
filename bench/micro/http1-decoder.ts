import type { ExchangeObserver, WireDecoder } from '../../proxy-core/wire/decoder.ts';
import { createHttp1Decoder } from '../../proxy-core/wire/http1/decoder.ts';
import { silentHandle } from '../../proxy-core/wire/http1/testing/silent-handle.ts';

/** What decoding costs by itself, with an observer that does nothing: `node bench/micro/http1-decoder.ts [case]`. */

const handle = silentHandle({
  failed: (_code, detail) => {
    throw new Error(detail);
  },
});

const observer: ExchangeObserver = { exchangeStarted: () => handle };

function head(...lines: string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

const get = head(
  'GET /v1/users?limit=10&offset=20 HTTP/1.1',
  'Host: localhost:8080',
  'User-Agent: node-fetch/3.3',
  'Accept: application/json',
  'Accept-Encoding: gzip, deflate, br',
  'Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
  'Connection: keep-alive',
);

const answerHead = (length: string) =>
  head(
    'HTTP/1.1 200 OK',
    'Server: nginx/1.22.1',
    'Date: Mon, 02 Nov 2026 10:00:00 GMT',
    'Content-Type: application/json',
    length,
    'Connection: keep-alive',
    'ETag: "65f0c9a1-400"',
  );

const json = Buffer.alloc(1024, 'x');
const small = Buffer.concat([answerHead(`Content-Length: ${json.length}`), json]);

const browserGet = head(
  'GET /assets/app.js HTTP/1.1',
  'Host: shop.example',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9',
  'Sec-CH-UA: "Chromium";v="141", "Not?A_Brand";v="8"',
  'Sec-Fetch-Dest: document',
  'Sec-Fetch-Mode: navigate',
  'Sec-Fetch-Site: none',
  `Cookie: session=${'a1b2'.repeat(200)}`,
  'Connection: keep-alive',
);

const post = Buffer.concat([
  head('POST /v1/orders HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', 'Content-Length: 256'),
  json.subarray(0, 256),
]);

const chunk = Buffer.concat([Buffer.from('400\r\n'), json, Buffer.from('\r\n')]);
const chunked = Buffer.concat([
  answerHead('Transfer-Encoding: chunked'),
  ...Array<Buffer>(8).fill(chunk),
  Buffer.from('0\r\n\r\n'),
]);

const megabyte = Buffer.alloc(1 << 20, 'x');

interface Case {
  name: string;
  exchange(decoder: WireDecoder): number;
}

function pieces(name: string, client: readonly Buffer[], server: readonly Buffer[]): Case {
  const bytes = [...client, ...server].reduce((sum, piece) => sum + piece.length, 0);
  return {
    name,
    exchange(decoder) {
      for (const piece of client) decoder.push('client', piece, 1);
      for (const piece of server) decoder.push('server', piece, 2);
      return bytes;
    },
  };
}

function cutUp(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

const cases: Case[] = [
  pieces('GET, 1 KB JSON', [get], [small]),
  pieces('browser GET, 1 KB', [browserGet], [small]),
  pieces('POST 256 B, 1 KB JSON', [post], [small]),
  pieces('GET, 8 chunks of 1 KB', [get], [chunked]),
  pieces('GET, heads in 16-byte pieces', cutUp(get, 16), cutUp(small, 16)),
  pieces('GET, byte by byte', cutUp(get, 1), cutUp(small, 1)),
  pieces('16 pipelined GETs', [Buffer.concat(Array<Buffer>(16).fill(get))], [Buffer.concat(Array<Buffer>(16).fill(small))]),
  pieces(
    'GET, 64 MB in 64 KB pieces',
    [get],
    [answerHead(`Content-Length: ${megabyte.length * 64}`), ...Array<Buffer[]>(64).fill(cutUp(megabyte, 65_536)).flat()],
  ),
];

/** CPU time of this process, µs. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The best of many short slices, because other processes of a busy machine slow down most of them. */
function measure(each: Case, slices: number): void {
  const decoder = createHttp1Decoder(observer);
  let best = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let slice = 0; slice < slices; slice++) {
    let rounds = 0;
    const start = cpuMicros();
    let spent = 0;
    for (; spent < 20_000; spent = cpuMicros() - start) {
      for (let i = 0; i < 200; i++) bytes = each.exchange(decoder);
      rounds += 200;
    }
    best = Math.min(best, spent / rounds);
  }
  if (decoder.passedThrough) throw new Error(`${each.name}: the decoder gave up`);
  const columns = [
    each.name.padEnd(30),
    `${best.toFixed(2)} µs/exchange`.padStart(20),
    `${Math.round(1e6 / best).toLocaleString('en')} exchanges/s`.padStart(24),
    `${Math.round(bytes / best).toLocaleString('en')} MB/s`.padStart(16),
  ];
  console.log(columns.join(''));
}

const wanted = process.argv[2];
for (const each of cases) if (wanted === undefined || each.name.includes(wanted)) measure(each, 60);
