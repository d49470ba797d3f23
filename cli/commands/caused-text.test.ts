import { expect, test } from 'vitest';
import type { Caused, CausedCall } from '../../proxy-core/rrpair/caused.ts';
import type { PairDetail, PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { causedLines } from './caused-text.ts';

const pair = (id: number, more: Partial<PairSummary> = {}): PairSummary => ({
  id,
  state: 'done',
  direction: 'out',
  source: 'local',
  protocol: 'postgresql',
  technology: 'PostgreSQL',
  technologies: ['PostgreSQL'],
  command: 'Query',
  host: 'db:5432',
  location: 'SELECT 1',
  status: 'OK',
  error: null,
  startedAt: '2026-11-20T10:00:00.010000Z',
  latencyMs: 2,
  durationMs: 2,
  requestBytes: 0,
  responseBytes: 0,
  noise: false,
  pinned: false,
  colour: null,
  note: '',
  replayOf: null,
  ...more,
});
const call = (id: number, more: Partial<CausedCall> = {}): CausedCall => ({
  pair: pair(id),
  basis: 'traceparent',
  evidence: 'Both carry it.',
  confidence: 1,
  likeness: 'select',
  arrived: null,
  ...more,
});
const nothing: Caused = {
  causes: [],
  calls: [],
  moreCalls: 0,
  concurrent: 0,
  unlinked: 0,
  beyond: [],
  notFollowed: 0,
  complete: true,
};
const request = { id: 7, startedAt: '2026-11-20T10:00:00.000000Z' } as PairDetail;

test('alike calls are one line, and what is not certain says so', () => {
  const http = pair(13, { protocol: 'http', technology: 'JSON', command: 'GET', host: 'api.test', location: '/x', status: '200' });
  const calls = [call(10), call(11), call(12), call(13, { pair: http, likeness: 'http', confidence: 0.91, basis: 'time' })];
  expect(causedLines(request, { ...nothing, calls, unlinked: 2 })).toEqual([
    'Caused 4 calls:',
    '  #10 +10 ms 6.0 ms PostgreSQL ×3 SELECT 1 → OK',
    '  #13 +10 ms 2.0 ms JSON GET api.test/x → 200 (91 % sure)',
    '2 calls made meanwhile cannot be told from those of other requests.',
  ]);
});

test('below calls stands what they caused where they arrived', () => {
  const there = { moreCalls: 0 };
  const arrived = { id: 50, source: 'stock' };
  const calls = [10, 11, 12].map((id) => call(id, { arrived }));
  const beyond = calls.map(({ pair: { id } }) => ({ call: id, calls: [call(id + 10)], ...there }));
  expect(
    causedLines(request, {
      ...nothing,
      calls,
      beyond: [...beyond, { call: 22, calls: [call(30)], ...there }],
      notFollowed: 1,
      unlinked: 4,
    }),
  ).toEqual([
    'Caused 3 calls, and 4 further on:',
    '  #10 +10 ms 6.0 ms PostgreSQL ×3 SELECT 1 → OK, arrived in stock',
    '    #20 +10 ms 6.0 ms PostgreSQL ×3 SELECT 1 → OK',
    '      #30 +10 ms 2.0 ms PostgreSQL SELECT 1 → OK',
    'What 1 call caused further on was not looked at: there are too many, or too much lies between.',
    '4 calls made meanwhile cannot be told from those of other requests.',
  ]);
});

test('a call names its request; hostile text is shown, not sent', () => {
  const cause = { ...call(3), pair: pair(3, { protocol: 'http', command: 'GET', host: 'shop', location: '/\u001b[2J' }) };
  expect(causedLines(request, { ...nothing, causes: [cause] })).toEqual([
    'Caused by #3 GET shop/\\x1b[2J (certain). Both carry it.',
  ]);
  expect(causedLines(request, nothing)).toEqual([]);
});

test('of very many calls the first are shown, and where the others are', () => {
  const calls = Array.from({ length: 50 }, (_, index) => call(100 + index, { likeness: String(index) }));
  const lines = causedLines(request, { ...nothing, calls });
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toContain('sidetap list --filter caused-by:7');
});
