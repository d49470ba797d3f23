import { describePair, type PairFacts } from '../../proxy-core/detect/describe.ts';
import type { ConnectionInfo } from '../../proxy-core/rrpair/pair.ts';

/** What describing a pair for the list costs, technologies included: `node bench/micro/describe.ts`. Less than 5 µs on average. */

const connection: ConnectionInfo = {
  id: 1,
  direction: 'in',
  source: 'local',
  entry: 'reverse',
  protocol: 'http',
  clientAddress: '127.0.0.1',
  clientPort: 50_000,
  clientName: '',
  flow: '',
  upstreamHost: '127.0.0.1',
  upstreamPort: 3_000,
  upstreamAddress: '127.0.0.1',
  dialMicros: 100,
  tlsMicros: 0,
  clientTls: null,
  upstreamTls: null,
};

const head = (...lines: string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = `${json({ alg: 'RS256', typ: 'JWT' })}.${json({ iss: 'https://id.example', sub: 'ann', aud: 'shop', exp: 1_800_000_000 })}.c2ln`;
const body = Buffer.from(JSON.stringify({ orders: Array.from({ length: 12 }, (_, id) => ({ id, sku: `tea-${id}`, open: true })) }));
const failure = Buffer.from('{"timestamp":"2026-11-20T10:00:00.000+00:00","status":404,"error":"Not Found","path":"/v1/orders/7"}');

const answer = (status: string): Buffer =>
  head(
    `HTTP/1.1 ${status}`,
    'Server: nginx/1.27.2',
    'X-Powered-By: Express',
    'Date: Fri, 20 Nov 2026 10:00:00 GMT',
    'Content-Type: application/json; charset=utf-8',
    'Content-Length: 512',
    'X-Request-Id: 7f3a-99c1',
  );

/** A service's usual mix: most heads differ in their path only, the rest in everything. */
const cases: Readonly<Record<string, (round: number) => PairFacts>> = {
  'alike but for the path': (round) =>
    facts(head(`GET /v1/orders/${round}?page=2 HTTP/1.1`, ...usual, 'Cookie: theme=dark; sid=abc'), answer('200 OK'), body),
  'a token of a session': (round) =>
    facts(
      head(`GET /v1/orders HTTP/1.1`, ...usual, `Authorization: Bearer ${jwt}${round % SESSIONS}`, `X-Request-Id: 7f3a-${round}`),
      answer('200 OK'),
      body,
    ),
  'a trace of its own': (round) =>
    facts(
      head(`GET /v1/orders HTTP/1.1`, ...usual, `traceparent: 00-${round.toString(16).padStart(32, '1')}-b7ad6b7169203331-01`),
      answer('200 OK'),
      body,
    ),
  'an error with a shape': (round) => facts(head(`GET /v1/orders/${round} HTTP/1.1`, ...usual), answer('404 Not Found'), failure),
};

const usual = [
  'Host: shop.example:3000',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Accept: application/json',
  'Accept-Encoding: gzip, deflate, br',
  'Connection: keep-alive',
];

function facts(requestHead: Buffer, responseHead: Buffer, responseBody: Buffer): PairFacts {
  const nothing = Buffer.alloc(0);
  return { connection, requestHead, responseHead, requestBody: nothing, responseBody, failure: null, summary: null };
}

/** So many differ that none is remembered when it comes again, and so few that keeping them costs the garbage collector nothing. */
const PAIRS = 2_000;
const ROUNDS = 20;
/** Sessions at a time, each with a token. */
const SESSIONS = 100;

let sum = 0;
for (const [name, make] of Object.entries(cases)) {
  const pairs = Array.from({ length: PAIRS }, (_, round) => make(round));
  for (const pair of pairs) describePair(pair);
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    // The processor's time: others may be at work on this machine.
    const started = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round += 1) for (const pair of pairs) describePair(pair);
    times.push(process.cpuUsage(started).user / ROUNDS / PAIRS);
  }
  const best = Math.min(...times);
  sum += best;
  console.log(`${name.padEnd(24)} ${best.toFixed(2)} µs a pair`);
}
console.log(`${'on average'.padEnd(24)} ${(sum / Object.keys(cases).length).toFixed(2)} µs a pair`);
