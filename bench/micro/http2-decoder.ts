import * as http2 from 'node:http2';
import { duplexPair } from 'node:stream';
import type { Side } from '../../proxy-core/rrpair/pair.ts';
import type { ExchangeObserver } from '../../proxy-core/wire/decoder.ts';
import { silentHandle } from '../../proxy-core/wire/http1/testing/silent-handle.ts';
import { createHttp2Decoder } from '../../proxy-core/wire/http2/decoder.ts';

/** What decoding costs by itself, with an observer that does nothing: `node bench/micro/http2-decoder.ts`. The bytes are those of Node's own client and server. */

const handle = silentHandle({
  failed: (_code, detail) => {
    throw new Error(detail);
  },
});

const observer: ExchangeObserver = { exchangeStarted: () => handle };

/** What passes when so many requests are answered with bodies of that size. */
async function recorded(requests: number, bodyBytes: number): Promise<{ side: Side; bytes: Buffer }[]> {
  const passed: { side: Side; bytes: Buffer }[] = [];
  const [near, far] = duplexPair();
  const [outer, inner] = duplexPair();
  near.on('data', (bytes: Buffer) => {
    passed.push({ side: 'client', bytes: Buffer.from(bytes) });
    outer.write(bytes);
  });
  outer.on('data', (bytes: Buffer) => {
    passed.push({ side: 'server', bytes: Buffer.from(bytes) });
    near.write(bytes);
  });
  const body = Buffer.alloc(bodyBytes, 'x');
  const server = http2.createServer();
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/json', etag: '"65f0c9a1-400"' });
    stream.end(body);
  });
  server.emit('connection', inner);
  const session = http2.connect('http://localhost:8080', { createConnection: () => far });
  for (let left = requests; left > 0; ) {
    const at = Math.min(left, 32);
    left -= at;
    await Promise.all(
      Array.from({ length: at }, async (_, i) => {
        const stream = session.request({
          ':path': `/v1/users?limit=10&offset=${String(left + i)}`,
          'user-agent': 'node-fetch/3.3',
          accept: 'application/json',
          authorization: 'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9',
        });
        for await (const _ of stream) {
          // Only that it passes.
        }
      }),
    );
  }
  session.destroy();
  return passed;
}

/** CPU time of this process, µs. */
function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function measure(name: string, requests: number, bodyBytes: number, times: number): Promise<void> {
  const passed = await recorded(requests, bodyBytes);
  const bytes = passed.reduce((sum, one) => sum + one.bytes.length, 0);
  const once = (): void => {
    const decoder = createHttp2Decoder(observer);
    for (const one of passed) decoder.push(one.side, one.bytes, 0);
    if (decoder.passedThrough) throw new Error(decoder.problem);
  };
  // The best of many, because other processes of a busy machine slow down most of them.
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const started = cpuMicros();
    once();
    best = Math.min(best, cpuMicros() - started);
  }
  const each = (best / requests).toFixed(2).padStart(7);
  console.log(`${name.padEnd(16)} ${each} µs/exchange ${String(Math.round(bytes / best)).padStart(6)} MB/s`);
}

await measure('1 KB answers', 2_000, 1_024, 200);
await measure('100 KB answers', 100, 100_000, 200);
