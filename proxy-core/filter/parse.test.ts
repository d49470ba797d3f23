import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { filterFields } from './fields.ts';
import { parseFilter } from './parse.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

function ast(text: string): unknown {
  const parsed = parseFilter(text, NOW);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message} at ${String(parsed.column)}`);
  return parsed.ast;
}

function problem(text: string): [number, string] {
  const parsed = parseFilter(text, NOW);
  if (parsed.ok) throw new Error(`${text} was accepted`);
  return [parsed.column, parsed.message];
}

const word = (text: string) => ({ kind: 'anywhere', text });
const host = (text: string) => ({ kind: 'text', field: 'host', test: { op: 'contains', text } });
const range = (field: string, from: unknown, to: unknown) => ({ kind: 'number', field, range: { from, to } });
const at = (value: number, inclusive = true) => ({ value, inclusive, relative: false });

describe('what a filter means', () => {
  test.each<[string, unknown]>([
    ['', { kind: 'everything' }],
    ['   ', { kind: 'everything' }],
    ['foo', word('foo')],
    ['"foo bar"', word('foo bar')],
    ['/v1/users?id=5', word('/v1/users?id=5')],
    ['a b', { kind: 'and', terms: [word('a'), word('b')] }],
    ['a and b', { kind: 'and', terms: [word('a'), word('b')] }],
    ['a or b c', { kind: 'or', terms: [word('a'), { kind: 'and', terms: [word('b'), word('c')] }] }],
    ['(a or b) c', { kind: 'and', terms: [{ kind: 'or', terms: [word('a'), word('b')] }, word('c')] }],
    ['-a', { kind: 'not', term: word('a') }],
    ['not a', { kind: 'not', term: word('a') }],
    ['NOT(a)', { kind: 'not', term: word('a') }],
    ['- a', { kind: 'and', terms: [word('-'), word('a')] }],
    ['android', word('android')],
    ['foo(bar)', word('foo(bar)')],
    ['(foo(bar))', word('foo(bar)')],
    ['"a\\"b\\\\c\\n\\u00e9"', word('a"b\\c\né')],
    ['host:api', host('api')],
    ['HOST:api', host('api')],
    ['host:"a b"', host('a b')],
    ['host:a(b)c', host('a(b)c')],
    ['host=api', { kind: 'text', field: 'host', test: { op: 'equals', text: 'api' } }],
    ['host:=api', { kind: 'text', field: 'host', test: { op: 'equals', text: 'api' } }],
    ['host!=api', { kind: 'not', term: { kind: 'text', field: 'host', test: { op: 'equals', text: 'api' } } }],
    ['host:~^a.c$', { kind: 'text', field: 'host', test: { op: 'matches', pattern: /^a.c$/i } }],
    ['host~"a\\.b \\"c"', { kind: 'text', field: 'host', test: { op: 'matches', pattern: /a\.b "c/i } }],
    ['method:get', { kind: 'text', field: 'command', test: { op: 'contains', text: 'get' } }],
    ['protocol:http', { kind: 'text', field: 'protocol', test: { op: 'equals', text: 'http' } }],
    ['dir:OUT', { kind: 'direction', outbound: true }],
    ['direction!=in', { kind: 'not', term: { kind: 'direction', outbound: false } }],
    ['is:pinned', { kind: 'flag', flag: 'pinned' }],
    ['-is:noise', { kind: 'not', term: { kind: 'flag', flag: 'noise' } }],
    ['header[X-Id]', { kind: 'header', name: 'x-id', test: null }],
    ['header[x-id]:5', { kind: 'header', name: 'x-id', test: { op: 'contains', text: '5' } }],
    ['header:gzip', { kind: 'header', name: null, test: { op: 'contains', text: 'gzip' } }],
    ['body:x', { kind: 'body', test: { op: 'contains', text: 'x' } }],
    ['status:5xx', range('status', at(500), at(599))],
    ['status:404', range('status', at(404), at(405, false))],
    ['status:200..299', range('status', at(200), at(300, false))],
    ['status>=500', range('status', at(500), null)],
    ['status:ERR', { kind: 'text', field: 'status', test: { op: 'contains', text: 'ERR' } }],
    ['status:"404"', { kind: 'text', field: 'status', test: { op: 'contains', text: '404' } }],
    ['latency:>200ms', range('latency', at(200_000, false), null)],
    ['latency:<=1.5s', range('latency', null, at(1_500_000))],
    ['latency:200', range('latency', at(199_500), at(200_500, false))],
    ['duration:100ms..2s', range('duration', at(100_000), at(2_000_000))],
    ['duration:2m..', range('duration', at(120_000_000), null)],
    ['size:>1mb', range('size', at(1_048_576, false), null)],
    ['size:..10kb', range('size', null, at(10_240))],
    ['id:5', range('id', at(5), at(6, false))],
    ['time:>-5m', range('time', { value: -300_000_000, inclusive: false, relative: true }, null)],
    ['time:-5m', range('time', { value: -300_000_000, inclusive: true, relative: true }, null)],
    [
      'time:2026-11-20T10:00Z',
      range('time', at(Date.UTC(2026, 10, 20, 10) * 1000), at(Date.UTC(2026, 10, 20, 10, 1) * 1000, false)),
    ],
    ['time:>2026-11-20T10:00:01.5+02:00', range('time', at(Date.UTC(2026, 10, 20, 8, 0, 1, 500) * 1000, false), null)],
    [
      'time:2026-11-20',
      range('time', at(new Date(2026, 10, 20).getTime() * 1000), at(new Date(2026, 10, 21).getTime() * 1000, false)),
    ],
    [
      'time:10:00..10:05',
      range('time', at(new Date(2026, 10, 20, 10, 0).getTime() * 1000), at(new Date(2026, 10, 20, 10, 6).getTime() * 1000, false)),
    ],
  ])('%s', (text, expected) => {
    expect(ast(text)).toEqual(expected);
  });
});

describe('what is wrong with a filter, and where', () => {
  test.each<[string, number, RegExp]>([
    ['foo:bar', 0, /no field “foo”.*quotes/],
    ['a limit=10', 2, /no field “limit”/],
    ['foo[x]', 0, /no field “foo”/],
    ['http://x', 0, /quotes/],
    ['status:', 7, /value is expected/],
    ['status: 200', 7, /value is expected/],
    ['(status:)', 8, /value is expected/],
    ['(a', 0, /not closed/],
    ['a (b (c)', 2, /not closed/],
    ['a)', 1, /not opened/],
    ['()', 1, /condition is expected/],
    ['a or', 4, /condition is expected/],
    ['or a', 0, /condition is expected/],
    ['a and or b', 6, /condition is expected/],
    ['not', 3, /condition is expected/],
    ['host:"x', 5, /not closed/],
    ['"a"b', 3, /blank is expected/],
    ['"a\\qb"', 2, /After a backslash/],
    ['"\\u12"', 1, /hexadecimal/],
    ['"\\u0000"', 1, /NUL/],
    ['a\0b', 1, /NUL/],
    ['body:~(', 6, /no regular expression: .*Unterminated group/],
    ['dir:up', 4, /in or out/],
    ['dir:>in', 4, /: = !=/],
    ['is:bad', 3, /noise, pinned, marked, open/],
    ['colour:pink', 7, /red, .+, none is expected/],
    ['colour~red', 6, /After colour, one of : = != is expected/],
    ['host:>3', 5, /: = != ~/],
    ['status:>fast', 8, /status code/],
    ['latency:>fast', 9, /200ms/],
    ['latency:5kg', 8, /200ms/],
    ['latency:~5', 8, /is expected/],
    ['size:1..x', 5, /10kb/],
    ['size:..', 5, /10kb/],
    ['time:2026-02-31', 5, /2026-11-20T10:00/],
    ['time:25:00', 5, /2026-11-20T10:00/],
    ['id:x', 3, /whole number/],
    ['tech[x]:y', 4, /Only header/],
    ['header[]:y', 7, /name of a header/],
    ['x'.repeat(limits.filterChars + 1), limits.filterChars, /4000 characters/],
    ['('.repeat(limits.filterDepth + 1), limits.filterDepth, /too deeply/],
    ['a '.repeat(limits.filterConditions + 1), limits.filterConditions * 2, /200 conditions/],
    [`body:~${'x'.repeat(limits.regexChars + 1)}`, 6, /500 characters/],
  ])('%s', (text, column, message) => {
    const [actual, said] = problem(text);
    expect(said).toMatch(message);
    expect(said).toMatch(/\.$/);
    expect(actual).toBe(column);
  });

  test('no text makes the parser throw, or point outside the text', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          '(',
          ')',
          '-',
          ' ',
          '"',
          '\\',
          ':',
          '=',
          '>',
          '~',
          '[',
          ']',
          '..',
          'and',
          'or',
          'not',
          'host',
          'status',
          '5xx',
          'latency',
          '200ms',
          'time',
          'header',
          'is',
        ),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        const parsed = parseFilter(text, NOW);
        if (parsed.ok) return;
        expect(parsed.column).toBeGreaterThanOrEqual(0);
        expect(parsed.column).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 5_000 },
    );
  });
});

test('every field has an example that can be read, and a name that is found by no other', () => {
  const names = filterFields.flatMap((field) => [field.name, ...field.aliases]);
  expect(new Set(names).size).toBe(names.length);
  for (const field of filterFields) expect(parseFilter(field.example, NOW), field.example).toMatchObject({ ok: true });
});

test('the method of a call is the path of what is one', () => {
  const parsed = parseFilter('grpc.method:Get api.example.com');
  if (!parsed.ok) throw new Error(parsed.message);
  expect(parsed.ast).toMatchObject({
    kind: 'and',
    terms: [
      {
        kind: 'and',
        terms: [
          {
            kind: 'or',
            terms: [
              { field: 'tech', test: { op: 'equals', text: 'gRPC' } },
              { test: { text: 'gRPC-Web' } },
              { test: { text: 'Connect' } },
            ],
          },
          { kind: 'text', field: 'path', test: { op: 'contains', text: 'Get' } },
        ],
      },
      { kind: 'anywhere', text: 'api.example.com' },
    ],
  });
  expect(parseFilter('grpc.method>1')).toMatchObject({ ok: false });
});
