import { describe, expect, it } from 'vitest';
import type { HeaderField, MessageDetail } from '../../proxy-core/rrpair/shapes.ts';
import { hintOf } from './body/hints.ts';
import { LineKind } from './body/jsonLines.ts';
import { rangeOf, readings } from './body/ranges.ts';
import { isMarked, linesOf, markOf } from './compare/marks.ts';
import { sentCookies, setCookies } from './cookies.ts';
import { credentialsOf } from './credentials.ts';
import { headerWords } from './headerWords.ts';
import { cacheWords, corsWords, spanWords } from './headMeaning.ts';
import { queryOf } from './query.ts';

const now = new Date('2026-11-20T12:00:00Z');
const base64 = (value: unknown): string => btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const token = `${base64({ alg: 'RS256' })}.${base64({ sub: 'ada', exp: now.getTime() / 1_000 - 7_200 })}.c2ln`;

function message(...headers: HeaderField[]): MessageDetail {
  return {
    startLine: '',
    headers,
    trailers: [],
    interim: [],
    headBytes: 1,
    wireBytes: 0,
    payloadBytes: 0,
    keptBytes: 0,
    truncated: false,
    crc32: '',
    mediaType: '',
    charset: '',
    contentEncoding: '',
  };
}

describe('caching in words', () => {
  it('says who may keep it and for how long', () => {
    const says = cacheWords(
      message(),
      message(['Cache-Control', 'public, max-age=3600, s-maxage=60'], ['ETag', 'x']),
      'GET',
      '200',
    );
    expect(says).toEqual([
      'Every cache may keep it, shared ones too.',
      'It is fresh for 1 hour; shared caches for 1 minute.',
      'Whether it is still the newest can be asked, by ETag.',
    ]);
    expect(cacheWords(message(), message(['cache-control', 'no-store']), 'GET', '200')).toEqual(['No cache may keep the answer.']);
    expect(spanWords(90)).toBe('90 seconds');
  });
});

describe('CORS in words', () => {
  it('says whose scripts may read it', () => {
    const page = message(['Origin', 'https://a.test']);
    expect(corsWords(page, message(['Access-Control-Allow-Origin', '*']), 'GET').at(-1)).toContain('any origin');
    expect(corsWords(page, message(), 'GET').at(-1)).toContain('keeps it from the script');
    expect(corsWords(page, message(['Access-Control-Allow-Origin', 'https://b.test']), 'GET').at(-1)).toContain(
      'keeps it from https://a.test',
    );
    expect(corsWords(message(), message(), 'GET')).toEqual([]);
  });
});

describe('credentials', () => {
  it('shows the user and keeps the password apart', () => {
    const [found] = credentialsOf([['Authorization', `Basic ${btoa('ada:love:lace')}`]], now);
    expect(found).toMatchObject({ scheme: 'Basic', facts: [['User', 'ada']], secret: 'love:lace' });
  });

  it('reads a JSON Web Token and when it ends', () => {
    const [found] = credentialsOf([['authorization', `Bearer ${token}`]], now);
    expect(found?.token).toMatchObject({ expired: true, validity: 'expired 2 hours ago', claims: { sub: 'ada' } });
  });

  it('takes broken ones as they are', () => {
    expect(credentialsOf([['Authorization', 'Basic %%%']])[0]?.facts[0]?.[0]).toBe('Problem');
    expect(credentialsOf([['Authorization', 'abc']])[0]).toMatchObject({ scheme: 'Token', secret: 'abc' });
    expect(credentialsOf([['X-Trace', 'abc']])).toEqual([]);
  });
});

describe('cookies and query', () => {
  it('says what attributes amount to', () => {
    const [first, second] = setCookies(
      [
        ['Set-Cookie', 'a=b=c; Max-Age=3600; HttpOnly; Secure; SameSite=Lax; Path=/'],
        ['Set-Cookie', '__Host-x=1; Domain=a.test; SameSite=None'],
      ],
      now,
    );
    expect(first).toMatchObject({ name: 'a', value: 'b=c' });
    expect(first?.says).toContain('hidden from scripts');
    expect(second?.says.join()).toContain('refused by browsers: __Host-');
    expect(sentCookies([['cookie', 'a=1; b; c="x y"']]).map(({ name, value }) => [name, value])).toEqual([
      ['a', '1'],
      ['b', ''],
      ['c', '"x y"'],
    ]);
  });

  it('reads a query as it was meant', () => {
    expect(queryOf('/p?a=1&a=%C3%A9+x&b#f?c=1')).toEqual([
      ['a', '1'],
      ['a', 'é x'],
      ['b', ''],
    ]);
    expect(queryOf('/p')).toEqual([]);
  });
});

function string(text: string): ReturnType<typeof hintOf> {
  return hintOf(LineKind.string, JSON.stringify(text), now);
}

describe('what values mean', () => {
  it('recognises dates, tokens, base64, URLs and JSON in strings', () => {
    expect(string('2026-11-20T10:00:00Z')?.says).toContain('2 hours ago');
    expect(hintOf(LineKind.number, '1795000000', now)?.kind).toBe('date');
    expect(string(token)?.says).toBe('JSON Web Token, expired 2 hours ago');
    expect(string(btoa('hello, world of text'))?.decoded).toBe('hello, world of text');
    expect(string('https://a.test/p?x=1')?.lines).toContainEqual(['? x', '1']);
    expect(string('{"a":[1]}')?.kind).toBe('json');
  });

  it.each([
    'internationalization',
    'deadbeefdeadbeefdeadbeef',
    'Content-Type',
    '550e8400-e29b-41d4-a716-446655440000',
    'ordinary words',
    '12345',
  ])('leaves %j alone', (text) => {
    expect(string(text)).toBeNull();
  });
});

describe('ranges of bytes', () => {
  it('reads what people type', () => {
    expect(rangeOf('0x10', 100)).toEqual({ from: 16, to: 17 });
    expect(rangeOf('0x10-0x1f', 100)).toEqual({ from: 16, to: 32 });
    expect(rangeOf('16+8', 20)).toEqual({ from: 16, to: 20 });
    for (const wrong of ['', 'x', '200', '9-3', '-']) expect(rangeOf(wrong, 100)).toBeNull();
  });

  it('says what bytes may mean', () => {
    expect(readings(Uint8Array.of(0, 0, 0x80, 0x3f))).toContainEqual(['float, little-endian', '1']);
    expect(readings(Uint8Array.of(0x68, 0x69))).toContainEqual(['text', 'hi']);
  });
});

describe('comparisons', () => {
  it('forgets positions in what is marked, and covers what stands below it', () => {
    const mark = markOf('response', 'body', '$.items[3].at');
    expect(mark).toBe('response.body.$.items[*].at');
    expect(isMarked(new Set([mark]), markOf('response', 'body', '$.items[9].at'))).toBe(true);
    expect(isMarked(new Set(['response.body.$.items']), mark)).toBe(true);
    expect(isMarked(new Set(['response.body.$.item']), mark)).toBe(false);
  });

  it('counts what counts', () => {
    const difference = { path: 'date', kind: 'changed', before: 'a', after: 'b', noise: true } as const;
    const groups = [
      { heading: 'H', side: 'response', part: 'headers', differences: [difference, { ...difference, path: 'x', noise: false }] },
    ] as const;
    expect(linesOf(groups, new Set(), false)).toMatchObject({ counting: 1, ignored: 1 });
    expect(linesOf(groups, new Set(['response.headers.x']), false)).toMatchObject({ counting: 0, ignored: 2, lines: [] });
    expect(linesOf(groups, new Set(), true).lines).toHaveLength(3);
  });
});

it('explains the standard fields only', () => {
  expect(headerWords('ETag')).toContain('version');
  expect(headerWords('constructor')).toBe('');
});
