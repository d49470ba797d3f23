import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batchOf, connectionInfo, query, START, type TestPair } from '../../test/store/pairs.ts';
import { colours } from '../rrpair/marks.ts';
import { Blocks } from '../store/blocks.ts';
import { Bodies } from '../store/bodies.ts';
import { Causes } from '../store/causes.ts';
import { HeavyConditions } from '../store/heavy.ts';
import { Promises } from '../store/promises.ts';
import { splitTechnologies } from '../store/row.ts';
import { openForReading, openForWriting } from '../store/schema.ts';
import { type PairRow, Summaries } from '../store/summaries.ts';
import type { ViewSpec } from '../store/view.ts';
import { viewSpec } from '../store/view-spec.ts';
import { PairWriter } from '../store/writer.ts';
import { parseHeads } from '../wire/http1/head.ts';
import { parseFilter } from './parse.ts';
import type { FilterSubject } from './subject.ts';
import { toPredicate } from './to-predicate.ts';

/**
 * SQL and predicate are two readings of one filter: over pairs and filters of every kind they must find the same. The words are few, so
 * that filters do find something; among them are those that are special to LIKE, to regular expressions and to letters' case.
 */
const words = [
  'api',
  'API',
  'Ünï',
  'ünï',
  'ÜNÏ',
  'a%b',
  'a_b',
  '100%',
  '\\',
  "o'neil",
  '"',
  'K',
  'K',
  'ß',
  '😀',
  '.',
  '(',
  'x-id',
  'json',
  '?',
  '',
  ':80',
  '::1',
];
const hosts = [
  'localhost',
  'LOCALHOST:3000',
  '127.0.0.1',
  '127.0.0.1:80',
  '[::1]:3000',
  '[::1]',
  'api.test',
  'api.test:8080',
  'xlocalhost.test',
  'api.test:',
  '',
];

const pairArbitrary = fc.record({
  open: fc.boolean(),
  method: fc.constantFrom('GET', 'post', 'Query'),
  target: fc
    .array(fc.constantFrom(...words.filter((word) => !/["\s]/.test(word)), '/', '?q=', '/API'), { maxLength: 5 })
    .map((parts) => `/${parts.join('')}`),
  host: fc.constantFrom(...hosts),
  status: fc.constantFrom(100, 200, 204, 404, 500, 503),
  headers: fc.array(fc.constantFrom('X-Id: api', 'x-id: a%b', 'X-Empty:', 'Content-Type: application/json', 'Server: nginx/1.2'), {
    maxLength: 3,
  }),
  body: fc.array(fc.constantFrom(...words, ' ', '\n'), { maxLength: 6 }).map((parts) => parts.join('')),
  latency: fc.constantFrom(-1, 0, 199_499, 199_500, 200_000, 200_500, 1_000_000),
  duration: fc.constantFrom(200_000, 2_000_000),
  startedAtMicros: fc.integer({ min: -600, max: 0 }).map((seconds) => START + seconds * 1_000_000),
  failure: fc.constantFrom(
    undefined,
    { code: 'upstream-refused' as const, detail: '' },
    { code: 'client-gone' as const, detail: '' },
  ),
  direction: fc.constantFrom('in' as const, 'out' as const),
  protocol: fc.constantFrom('http' as const, 'https' as const, 'redis' as const, 'postgresql' as const),
  source: fc.constantFrom('local', 'shop-WEB', 'a_b'),
  replayOf: fc.constantFrom(0, 0, 3),
  version: fc.constantFrom('HTTP/1.1' as const, 'HTTP/2' as const),
  extra: fc.constantFrom(undefined, { context: { promisedWith: { method: 'GET', path: '/API' } } }),
  pinned: fc.boolean(),
  colour: fc.constantFrom(null, ...colours),
  note: fc.array(fc.constantFrom(...words, ' ', '\n'), { maxLength: 3 }).map((parts) => parts.join('').trim()),
});

const quoted = fc.constantFrom(...words, ...hosts).map((text) => JSON.stringify(text));
const pattern = fc.constantFrom('^a', 'i$', '.', '^$', '[0-9]+', 'a|ü', '(?:a_b)', 'json').map((text) => `"${text}"`);
const comparison = fc.constantFrom(':', '=', '!=', ':>', '>=', '<', ':<=');
const condition = fc.oneof(
  quoted,
  fc
    .tuple(
      fc.constantFrom('host', 'path', 'key', 'sql', 'tech', 'command', 'source', 'error', 'status', 'protocol', 'note'),
      fc.constantFrom(':', '=', '!=', ':='),
      quoted,
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(
      fc.constantFrom(
        'host',
        'path',
        'key',
        'sql',
        'tech',
        'command',
        'source',
        'error',
        'status',
        'header',
        'header[x-id]',
        'body',
        'note',
      ),
      fc.constant(':~'),
      pattern,
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom('header[x-id]', 'header[x-empty]', 'header', 'body'), fc.constantFrom(':', '=', '!='), quoted)
    .map((parts) => parts.join('')),
  fc.constantFrom(
    'header[x-id]',
    'header[nope]',
    'dir:in',
    'dir!=out',
    'is:noise',
    'is:pinned',
    'is:marked',
    'colour:red',
    'color!=BLUE',
    'colour:none',
    'colour!=none',
    'is:open',
    'is:replay',
    'is:pushed',
    'is:failed',
    'caused-by:5',
    'caused-by!=5',
    'causes:9',
    'causes:=11',
    'pushed-by:7',
    'pushed-by!=7',
  ),
  fc.constantFrom(
    'status:2xx',
    'status:200..404',
    'status:..204',
    'status:404..',
    'status:refused',
    'status:5',
    'id:10..200',
    'tech:"http"',
  ),
  fc
    .tuple(fc.constantFrom('latency', 'duration'), comparison, fc.constantFrom('200ms', '0.2s', '200', '1s', '0', '199.5ms'))
    .map((parts) => parts.join('')),
  fc.tuple(fc.constant('size'), comparison, fc.constantFrom('0', '5', '5b', '0.01kb')).map((parts) => parts.join('')),
  fc.tuple(fc.constant('status'), comparison, fc.constantFrom('200', '404')).map((parts) => parts.join('')),
  fc
    .tuple(fc.constant('time'), comparison, fc.constantFrom('-5m', '-10s', '2026-11-20T09:55Z', '2026-11-20T09:55:30Z'))
    .map((parts) => parts.join('')),
  fc.constantFrom('time:-5m..-1m', 'time:2026-11-20T09:52Z..2026-11-20T09:54Z', 'time:..-2m'),
);
const { filter } = fc.letrec<{ filter: string; term: string }>((tie) => ({
  filter: fc.oneof(
    { weight: 3, arbitrary: tie('term') },
    {
      weight: 2,
      arbitrary: fc.tuple(tie('term'), fc.constantFrom(' ', ' and ', ' or '), tie('filter')).map((parts) => parts.join('')),
    },
  ),
  term: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    { weight: 5, arbitrary: condition },
    { weight: 1, arbitrary: condition.map((text) => `-${text}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('(', 'not ('), tie('filter'), fc.constant(')')).map((parts) => parts.join('')),
    },
  ),
}));

const PAIRS = 300;
const directory = mkdtempSync(join(tmpdir(), 'sidetap-filter-'));
let database: DatabaseSync;
let heavy: HeavyConditions;
let causes: Causes;
let pairs: TestPair[];
let subjects: FilterSubject[];

beforeAll(() => {
  const path = join(directory, 'pairs.db');
  const samples = fc.sample(pairArbitrary, { numRuns: PAIRS, seed: 7 });
  pairs = samples.map((sample, index): TestPair => {
    const { headers, body, direction, protocol, source, ...rest } = sample;
    return {
      ...rest,
      id: index + 1,
      requestHeaders: headers,
      responseHeaders: headers.toReversed(),
      [index % 2 === 0 ? 'requestBody' : 'responseBody']: body,
      connection: connectionInfo({ direction, protocol, source }),
    };
  });
  const writing = openForWriting(path);
  const writer = new PairWriter(writing);
  writer.write([batchOf(pairs)]);
  writer.mark(samples.map(({ colour, note, pinned }, index) => ({ id: index + 1, colour, note, pinned })));
  writing.close();
  database = openForReading(path);
  const summaries = new Summaries(database);
  const blocks = new Blocks(database);
  const bodies = new Bodies(database, blocks);
  new Promises(database, blocks).tellFilters(database);
  causes = new Causes(database, summaries, blocks, bodies);
  heavy = new HeavyConditions(database, blocks, bodies);
  subjects = pairs.map((pair) => subjectOf(pair, summaries.row(pair.id)));
});

afterAll(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

function subjectOf(pair: TestPair, row: PairRow | undefined): FilterSubject {
  if (row === undefined) throw new Error(`pair ${String(pair.id)} was not stored`);
  const entry = new Blocks(database).pair(row.block, row.place);
  if (entry === undefined) throw new Error(`pair ${String(pair.id)} has no record`);
  const code = database.prepare('SELECT status_code FROM pair WHERE id = ?').get(row.id)?.['status_code'];
  return {
    id: row.id,
    open: row.open === 1,
    direction: row.outbound === 1 ? 'out' : 'in',
    source: row.source,
    protocol: row.protocol,
    technologies: splitTechnologies(row.technologies),
    command: row.command,
    host: row.host,
    location: row.location,
    status: row.status,
    statusCode: typeof code === 'number' ? code : null,
    error: row.error,
    startedAtMicros: row.started,
    latencyMicros: row.latency,
    durationMicros: row.duration,
    requestBytes: row.request_bytes,
    responseBytes: row.response_bytes,
    noise: row.noise === 1,
    pinned: row.pinned === 1,
    colour: row.colour,
    note: row.note,
    replayOf: row.replay_of,
    promiser: promiserOf(pair),
    isLinked: (id) => linked(id).has(row.id),
    headers: (side) => parseHeads(side === 'request' ? entry.requestHead : entry.responseHead).final?.headers ?? [],
    body: (side) => (side === 'request' ? entry.requestBody : entry.responseBody),
  };
}

/** The last request before that is like the one which was promised with; all of them are on one connection. */
function promiserOf({ id, version, extra }: TestPair): number | null {
  if (version !== 'HTTP/2' || extra === undefined) return null;
  const before = pairs.filter((each) => each.id < id && each.method === 'GET' && /^\/API(?:\?|$)/.test(each.target ?? ''));
  return before.at(-1)?.id ?? null;
}

const links = new Map<number, ReadonlySet<number>>();

/** What caused a pair, and what it caused. */
function linked(id: number): ReadonlySet<number> {
  const known = links.get(id);
  if (known !== undefined) return known;
  const { causes: before, calls } = causes.now(id);
  const found = new Set([...before, ...calls].map(({ pair }) => pair.id));
  links.set(id, found);
  return found;
}

function bySql(text: string, now: number): number[] {
  // Without the watchdog over regular expressions: it counts by the clock, and a busy machine would be taken for a bad expression.
  const spec = withoutWatchdog(viewSpec(query(text), now));
  const statement = database.prepare(`SELECT id FROM pair WHERE ${spec.filter.where} ORDER BY id`);
  return heavy.during(spec, () => statement.all(...spec.filter.params)).map((row) => Number(row['id']));
}

function withoutWatchdog(spec: ViewSpec): ViewSpec {
  return { ...spec, filter: { ...spec.filter, hasPattern: false } };
}

function byPredicate(text: string, now: number): number[] {
  const parsed = parseFilter(text, now);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  const matches = toPredicate(parsed.ast, now * 1000);
  return subjects.filter(matches).map((subject) => subject.id);
}

test('SQL and predicate find the same pairs', () => {
  let found = 0;
  fc.assert(
    fc.property(filter, (text) => {
      const now = START / 1000;
      const expected = byPredicate(text, now);
      found += expected.length > 0 && expected.length < PAIRS ? 1 : 0;
      expect(bySql(text, now), text).toEqual(expected);
    }),
    { numRuns: 4_000 },
  );
  // Most filters tell some pairs from others, so that agreement means something.
  expect(found).toBeGreaterThan(2_000);
}, 120_000);

test('everything that a filter finds lies within its bounds', () => {
  fc.assert(
    fc.property(filter, (text) => {
      const now = START / 1000;
      const { low, high } = viewSpec(query(text), now).filter.ids;
      for (const id of byPredicate(text, now)) expect(id >= low && id <= high, text).toBe(true);
    }),
    { numRuns: 2_000 },
  );
}, 120_000);

test.each<[string, (subject: FilterSubject) => boolean]>([
  ['host:localhost', (pair) => /localhost|127\.0\.0\.1|\[::1\]/i.test(pair.host)],
  ['host:127.0.0.1', (pair) => /localhost|127\.0\.0\.1|\[::1\]/i.test(pair.host)],
  ['host:::1', (pair) => /localhost|127\.0\.0\.1|\[::1\]/i.test(pair.host)],
  ['host:=localhost', (pair) => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(pair.host)],
  ['host:=localhost:3000', (pair) => /^(localhost|127\.0\.0\.1|\[::1\]):3000$/i.test(pair.host)],
  ['host:=api.test', (pair) => ['api.test', 'api.test:8080'].includes(pair.host)],
  ['path:"100%"', (pair) => pair.location.includes('100%')],
  ['path:a_b', (pair) => pair.location.includes('a_b')],
  ['body:api', (pair) => /api/i.test(String(pair.body('request')) + String(pair.body('response')))],
  ['header[X-ID]:API', (pair) => pair.headers('request').some(([name, value]) => name.toLowerCase() === 'x-id' && value === 'api')],
  ['status:5xx', (pair) => (pair.statusCode ?? 0) >= 500],
  ['is:failed status!=404', (pair) => pair.error !== null && pair.statusCode !== 404],
])('%s finds what it says', (text, expected) => {
  const ids = bySql(text, START / 1000);
  expect(ids).toEqual(subjects.filter(expected).map((subject) => subject.id));
  expect(ids.length).toBeGreaterThan(0);
});
