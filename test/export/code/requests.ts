import fc from 'fast-check';

/** A request as an application sends it. */
export interface Sent {
  method: string;
  target: string;
  /** Beside Host and framing; bytes as latin-1. */
  headers: [string, string][];
  body: Buffer;
  chunked: boolean;
}

const plain: Sent = { method: 'GET', target: '/', headers: [], body: Buffer.alloc(0), chunked: false };

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,15}$/);
const reserved =
  /^(?:host|content-length|transfer-encoding|expect|connection|keep-alive|te|trailer|upgrade|proxy-.*|content-encoding)$/i;
const value = fc.oneof(
  fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,40}[\x21-\x7e])?$/),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
    .map((text) => Buffer.from(text.replaceAll(/[\p{Cc}\s]/gu, '.')).toString('latin1')),
  fc.constantFrom('', '@file', '=x', '\xff\xfe', 'a\\:b', '$HOME `id` "q" \'s\' %PATH% !!', '-x', 'a, b'),
);
const usual = fc.constantFrom<[string, string]>(
  ['User-Agent', 'shop/1.0'],
  ['user-agent', 'me'],
  ['Accept', '*/*'],
  ['accept', 'text/html'],
  ['Accept-Encoding', 'gzip, deflate, br'],
  ['Content-Type', 'application/json'],
  ['content-type', 'text/plain; charset=utf-8'],
  ['Cookie', 'a=b; c=d'],
  ['Authorization', 'Basic dTpw'],
  ['Connection', 'keep-alive'],
  ['Referer', 'http://x.example/?a=b#c'],
  ['If-None-Match', '"abc"'],
  ['Range', 'bytes=0-5'],
  ['X-Dup', '1'],
  ['x-dup', '2'],
  ['-x', 'dash'],
  ['Accept-Language', 'de'],
  ['Sec-Fetch-Mode', 'navigate'],
);

/** Requests of every kind that an HTTP client of some language may have to send. Targets begin with one slash only. */
export const anyRequest: fc.Arbitrary<Sent> = fc
  .record({
    method: fc.oneof(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'get', 'Patch'),
      fc.stringMatching(/^[A-Z]{3,12}$/).filter((name) => !/^(?:HEAD|CONNECT|TRACE|TRACK)$/.test(name)),
    ),
    target: fc
      .oneof(
        fc.webPath({ size: 'small' }),
        fc.stringMatching(/^\/[\x21-\x7e]{0,60}$/),
        fc.constantFrom(
          '/a/../b/./c',
          '/..',
          '/x?',
          '/a%41%2f%7e?b=%zz',
          '/a?b=c&d=%20+',
          '/ü',
          '/a#b',
          '*',
          'http://o.example/x?y',
        ),
      )
      .map((text) => (/^(?:\/(?!\/)|\*|http:)/.test(text) ? text : `/x${text}`))
      .map((text) => Buffer.from(text).toString('latin1')),
    headers: fc.array(
      fc.oneof(
        fc.tuple(
          token.filter((name) => !reserved.test(name)),
          value,
        ),
        usual,
      ),
      { maxLength: 8 },
    ),
    body: fc.oneof(
      { weight: 2, arbitrary: fc.constant(Buffer.alloc(0)) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => Buffer.from(text)) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
      { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(
            '@/etc/hostname',
            '--data x',
            'it\'s "$HOME" `id` ${x} \\u000a \\n %41 ?> */',
            'a\r\nb\nc\n',
            '\u202e\ufeff🚀',
            '{\n  "a": 1\n}',
          )
          .map((text) => Buffer.from(text)),
      },
    ),
    chunked: fc.boolean(),
  })
  .filter((request) => !request.chunked || request.body.length > 0);

export function headOf({ method, target, headers, body, chunked }: Sent, port: number): string {
  const framing: [string, string][] = chunked
    ? [['Transfer-Encoding', 'chunked']]
    : body.length > 0
      ? [['Content-Length', String(body.length)]]
      : [];
  const lines = [['Host', `127.0.0.1:${String(port)}`], ...headers, ...framing].map(
    ([name, value]) => `${name ?? ''}: ${value ?? ''}`,
  );
  return `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

export function wireBody({ body, chunked }: Sent): Buffer {
  if (!chunked) return body;
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
}

function odd(part: Partial<Sent>): Sent {
  return { ...plain, ...part };
}

const binary = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) & 0xff));

/** What generating seldom meets: one of each. */
export const oddRequests: readonly Sent[] = [
  odd({ method: 'POST', body: Buffer.from('line of a large text\n'.repeat(4_000)), headers: [['Content-Type', 'text/plain']] }),
  odd({ method: 'POST', body: binary, headers: [['Content-Type', 'application/octet-stream']] }),
  odd({ method: 'POST', body: binary, headers: [['Content-Type', 'application/octet-stream']], chunked: true }),
  odd({ method: 'PUT', body: Buffer.from('waits'), headers: [['Expect', '100-continue']] }),
  odd({ headers: [['Connection', 'close']] }),
  odd({
    headers: [
      ['Connection', 'TE'],
      ['TE', 'trailers'],
    ],
  }),
  odd({
    headers: [
      ['Keep-Alive', 'timeout=5'],
      ['Connection', 'Keep-Alive'],
    ],
  }),
  odd({ method: 'POST', body: Buffer.from('with a trailer'), headers: [['Trailer', 'X-T']], chunked: true }),
  odd({
    headers: [
      ['X-Dup', 'a'],
      ['X-Dup', 'b'],
      ['Accept', 'a/b'],
      ['Accept', 'c/d'],
      ['User-Agent', 'one'],
      ['User-Agent', 'two'],
    ],
  }),
  odd({
    headers: [
      ['Cookie', 'a=b'],
      ['Cookie', 'c=d'],
      ['cookie', 'e=f'],
    ],
  }),
  odd({
    headers: [
      ['Authorization', 'Basic dTpw'],
      ['Proxy-Authorization', 'Basic dTpw'],
      ['Origin', 'http://o.example'],
      ['Date', 'Mon, 15 Jan 2024 00:00:00 GMT'],
    ],
  }),
  odd({ headers: [['X-Long', 'x'.repeat(6_000)]] }),
  odd({ headers: [['X-Folded', 'a\r\n  b\r\n\tc']] }),
  odd({
    headers: [
      ['X-Control', 'a\x01b'],
      ['bad name', 'x'],
      ['X-Good', 'y'],
    ],
  }),
  // Names that would end a comment, or begin a statement.
  odd({
    headers: [
      ['\\u000aSystem.exit(3);//', 'x'],
      ['?> exit(3); <?php', 'x'],
      ['*/', 'x'],
      ['\u2028exit(3)'.replace('\u2028', '\xe2\x80\xa8'), 'x'],
    ],
  }),
  odd({
    method: 'POST',
    headers: [
      ['Content-Length', '0'],
      ['Content-Type', 'text/plain'],
    ],
  }),
  odd({ method: 'POST', body: Buffer.from('no type') }),
  odd({
    method: 'POST',
    headers: [['Content-Type', 'multipart/form-data; boundary="X Y"']],
    body: Buffer.from(
      '--X Y\r\nContent-Disposition: form-data; name="f"; filename="ü.bin"\r\n\r\n\x00\x01\xff\r\n--X Y--\r\n',
      'latin1',
    ),
  }),
  odd({
    method: 'DELETE',
    headers: [
      ['If-Match', '*'],
      ['Content-Language', 'de'],
      ['Content-Encoding', 'gzip'],
      ['Allow', 'GET'],
      ['Expires', '0'],
    ],
    body: Buffer.from([0x1f, 0x8b, 8, 0]),
  }),
  odd({ target: '/a;b=c/d,e;f?g=h;i&j[]=k&l={m}|n' }),
  odd({ target: '/%E4%BD%A0/%e4?%C3%BC=%FF&x=+' }),
];
