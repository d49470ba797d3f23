import type { ExchangeHandle, ExchangeObserver, WireDecoder } from '../../proxy-core/wire/decoder.ts';
import { createHttp1Decoder } from '../../proxy-core/wire/http1/decoder.ts';

/** What decoding costs by itself, with an observer that does nothing: `node bench/micro/http1-decoder.ts [case]`. */

const nothing = (): void => {};

const handle: ExchangeHandle = {
  requestHead: nothing,
  requestBody: nothing,
  requestEnded: nothing,
  responseStarted: nothing,
  responseHead: nothing,
  responseBody: nothing,
  responseEnded: nothing,
  failed: (_code, detail) => {
    throw new Error(detail);
  },
};

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

function measure({ name, exchange }: Case, millis: number): void {
  const decoder = createHttp1Decoder(observer);
  const until = (end: number): { rounds: number; bytes: number } => {
    let rounds = 0;
    let bytes = 0;
    while (performance.now() < end) {
      for (let i = 0; i < 50; i++) bytes += exchange(decoder);
      rounds += 50;
    }
    return { rounds, bytes };
  };
  until(performance.now() + millis / 4);
  const start = performance.now();
  const { rounds, bytes } = until(start + millis);
  const seconds = (performance.now() - start) / 1000;
  if (decoder.passedThrough) throw new Error(`${name}: the decoder gave up`);
  const micros = ((seconds / rounds) * 1e6).toFixed(2).padStart(8);
  const rate = Math.round(rounds / seconds)
    .toLocaleString('en')
    .padStart(10);
  console.log(
    `${name.padEnd(30)} ${micros} µs/exchange ${rate} exchanges/s ${Math.round(bytes / seconds / 1e6)
      .toLocaleString('en')
      .padStart(8)} MB/s`,
  );
}

const wanted = process.argv[2];
for (const each of cases) if (wanted === undefined || each.name.includes(wanted)) measure(each, 1000);
