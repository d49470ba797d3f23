import { expect, it } from 'vitest';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import {
  type Draft,
  draftHeader,
  draftOfCurl,
  emptyDraft,
  moved,
  placeOf,
  type RecordedBody,
  requestOf,
  withBodyKind,
} from './draft.ts';

function place(startLine: string, upstreamHost = 'shop.local', upstreamPort = 80, encrypted = false): ReturnType<typeof placeOf> {
  const upstreamTls = encrypted ? {} : null;
  const pair = {
    connection: { upstreamHost, upstreamPort, upstreamTls },
    protocol: encrypted ? 'https' : 'http',
    request: { startLine },
  };
  return placeOf(pair as unknown as PairDetail);
}

it('makes the URL that goes where the pair went', () => {
  expect(place('GET /a%20b?x=%27 HTTP/1.1')).toEqual({ url: 'http://shop.local/a%20b?x=%27', target: null });
  expect(place('GET / HTTP/1.1', '::1', 8443, true)).toEqual({ url: 'https://[::1]:8443/', target: null });
  expect(place('GET http://other/x?y HTTP/1.1')).toEqual({ url: 'http://shop.local/x?y', target: null });
  expect(place('OPTIONS * HTTP/1.1')).toEqual({ url: 'http://shop.local', target: '*' });
});

const recorded: RecordedBody = { of: 7, bytes: 3, text: 'abc', contentEncoding: '' };

it('sends the recorded body where it was not changed, and what was typed where it was', () => {
  const draft: Draft = { ...emptyDraft(), bodyKind: 'text', text: 'abc', recorded };
  expect(requestOf(draft)).toMatchObject({ bodyOf: 7, bodyBase64: '' });
  const changed = requestOf({ ...draft, text: 'é' });
  expect(changed.bodyOf).toBeUndefined();
  expect(changed.bodyBase64).toBe('w6k=');
  expect(requestOf({ ...draft, bodyKind: 'none' })).toMatchObject({ bodyBase64: '' });
});

it('lets go of the content coding when the body becomes text', () => {
  const zipped: Draft = {
    ...emptyDraft(),
    bodyKind: 'recorded',
    text: 'abc',
    recorded: { ...recorded, contentEncoding: 'gzip' },
    headers: [draftHeader('Content-Encoding', 'gzip'), draftHeader('X-A', '1')],
  };
  expect(requestOf(zipped).bodyOf).toBe(7);
  const text = requestOf(withBodyKind(zipped, 'text'));
  expect(text).toMatchObject({ headers: [['X-A', '1']], bodyBase64: 'YWJj' });
});

it('says what is wrong with a body', () => {
  expect(() => requestOf({ ...emptyDraft(), bodyKind: 'base64', base64: 'a b%' })).toThrow(/not base64/);
  expect(() => requestOf({ ...emptyDraft(), bodyKind: 'file' })).toThrow(/Choose the file/);
  expect(() => requestOf({ ...emptyDraft(), bodyKind: 'text', text: 'x'.repeat(700_001) })).toThrow(/700 KB/);
});

it('moves an item, not beyond the ends', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'b', 'c']);
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b']);
});

it('takes over what a curl command says', () => {
  const request = {
    method: 'POST',
    url: 'http://x/',
    target: null,
    version: 'HTTP/1.1' as const,
    headers: [['A', '1'] as [string, string]],
    bodyBase64: '/w==',
    chunked: false,
    automatic: true,
  };
  const draft = draftOfCurl({ request, insecure: true, shell: 'bash', notes: [] });
  expect(draft).toMatchObject({ method: 'POST', bodyKind: 'base64', base64: '/w==', insecure: true });
  expect(draftOfCurl({ request: { ...request, bodyBase64: 'YQ==' }, insecure: false, shell: 'bash', notes: [] }).text).toBe('a');
});
