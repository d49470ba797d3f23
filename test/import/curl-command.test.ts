import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { curlCommand } from '../../proxy-core/export/curl.ts';
import { parseCurl } from '../../proxy-core/import/curl-command.ts';
import type { ParsedCurl } from '../../proxy-core/rrpair/compose.ts';
import { anyRequest, headOf, type Sent, wireBody } from '../export/code/requests.ts';
import { record } from '../export/records.ts';

const PORT = 4_711;

const bodyOf = ({ request }: ParsedCurl): string => Buffer.from(request.bodyBase64, 'base64').toString('latin1');
const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

/** What is asked for: the target that is given, or what follows the authority in the URL. */
function targetOf({ request }: ParsedCurl): string {
  return request.target ?? request.url.replace(/^https?:\/\/[^/]*/, '');
}

const isText = (text: string): boolean => !utf8(text).includes('\ufffd');

describe('an exported command is read back as the request that it was made of', () => {
  test.each(['bash', 'powershell', 'cmd'] as const)('%s', (shell) => {
    fc.assert(
      fc.property(anyRequest, (sent: Sent) => {
        // These two shells have no way to write bytes that are no text, and the export says so.
        fc.pre(shell === 'bash' || sent.headers.every(([, value]) => isText(value)));
        const exported = curlCommand(record(PORT, headOf(sent, PORT), wireBody(sent)), { shell, reveal: true });
        const parsed = parseCurl(exported.command);
        expect(parsed.shell, exported.command).toBe(shell);
        const body = exported.bodyFile === null ? sent.body.toString('latin1') : '';
        const framing: [string, string][] = sent.chunked ? [['Transfer-Encoding', 'chunked']] : [];
        expect(
          { method: parsed.request.method, target: targetOf(parsed), headers: parsed.request.headers, body: bodyOf(parsed) },
          exported.command,
        ).toEqual({
          method: sent.method,
          target: sent.target,
          headers: [['Host', `127.0.0.1:${String(PORT)}`], ...sent.headers, ...framing],
          body,
        });
        const expected = exported.bodyFile === null ? [] : [expect.stringContaining(exported.bodyFile.name)];
        expect(parsed.notes.filter((note) => !/^Not part of a request|variable/.test(note))).toEqual(expected);
      }),
      { numRuns: 1_000, seed: 4 },
    );
  });
});

describe('what browsers copy', () => {
  const asked = {
    method: 'POST',
    url: 'https://shop.example/api?x=1&y=%20',
    headers: expect.arrayContaining([
      ['accept', '*/*'],
      ['cookie', 'a=b; c=d'],
      ['content-type', 'application/json'],
    ]) as unknown,
  };

  test('Chrome for bash, with escapes for what a shell would act on', () => {
    const parsed = parseCurl(`curl 'https://shop.example/api?x=1&y=%20' \\
  -H 'accept: */*' \\
  -b 'a=b; c=d' \\
  -H 'content-type: application/json' \\
  --data-raw $'{"a":"it\\'s \\u0021 \\ud83d\\ude80 \\n \\x41"}' ;`);
    expect(parsed).toMatchObject({ shell: 'bash', notes: [], request: { ...asked, headers: expect.anything() as unknown } });
    expect(parsed.request.headers).toEqual(
      expect.arrayContaining([
        ['accept', '*/*'],
        ['Cookie', 'a=b; c=d'],
        ['content-type', 'application/json'],
      ]),
    );
    expect(utf8(bodyOf(parsed))).toBe('{"a":"it\'s ! \u{1f680} \n A"}');
  });

  test('Chrome for cmd', () => {
    const parsed = parseCurl(`curl ^"https://shop.example/api?x=1^&y=^%^20^" ^
  -H ^"accept: */*^" ^
  -H ^"cookie: a=b; c=d^" ^
  -H ^"content-type: application/json^" ^
  --data-raw ^"^{^\\^"a^\\^":^\\^"50^% ^^ ^\\^\\^\\^" ^

 ^\\^"^}^"`);
    expect(parsed).toMatchObject({ shell: 'cmd', notes: [], request: asked });
    expect(bodyOf(parsed)).toBe('{"a":"50% ^ \\" \n "}');
  });

  test('older browsers for cmd, with plain quotes', () => {
    const parsed = parseCurl(`curl "https://shop.example/api?x=1&y="%"20" -H "accept: */*" ^
 -H "cookie: a=b; c=d" -H "content-type: application/json" --data-binary "{""a"":1}"`);
    expect(parsed).toMatchObject({ shell: 'cmd', notes: [], request: asked });
    expect(bodyOf(parsed)).toBe('{"a":1}');
  });

  test('PowerShell', () => {
    const parsed = parseCurl(`curl.exe "https://shop.example/api?x=1&y=%20" \`
  -H 'accept: */*' -H "cookie: a=b; c=d" \`
  -H 'content-type: application/json' --data-raw '{\\"a\\":\\"it''s\\"}'`);
    expect(parsed).toMatchObject({ shell: 'powershell', request: asked });
    expect(parsed.notes).toEqual([expect.stringContaining('is read as a quote')]);
    expect(bodyOf(parsed)).toBe('{"a":"it\'s"}');
  });
});

describe('nothing is dropped silently', () => {
  test.each([
    ['curl http://a --frobnicate x', /--frobnicate is not known/],
    ['curl http://a -d @secret.json', /file secret\.json, which is not read/],
    ['curl http://a -T up.bin', /file up\.bin, which is not read/],
    ['curl http://a -F f=@x.png', /file x\.png, which is not read/],
    ['curl http://a -b jar.txt', /file jar\.txt, which is not read/],
    ['curl http://a -H @heads', /file heads, which is not read/],
    ['curl http://a -x http://proxy:1', /-x is not followed/],
    ['curl http://a --digest -u a:b', /--digest would change the request/],
    ['curl http://a -K conf', /-K would change the request/],
    ['curl http://a -o out -sS', /left out: -o, -s, -S/],
    ['curl http://a http://b', /Only the first URL was read, not http:\/\/b/],
    ['curl http://a --next http://b', /after|follows --next/],
    ['curl http://a | jq .', /Only the first command was read/],
    ['curl http://a > out', /redirection/],
    ['curl http://a -H "X: $TOKEN"', /\$TOKEN is not filled in/],
    ['curl http://a -H "X: `id`"', /backticks/],
    ['curl http://a -d', /-d has no value/],
    ['TOKEN=x curl http://a', /before curl is not read: TOKEN=x/],
    ["curl 'http://a", /not closed/],
    ['curl "http://a/[1-3]"', /several requests/],
    ['curl http://a -H nocolon', /no colon/],
  ])('%s', (command, note) => {
    expect(parseCurl(command).notes.join('\n')).toMatch(note);
  });

  test.each(['', 'wget http://a', 'curl', 'curl ftp://a', 'curl http://'])('refuses %j', (command) => {
    expect(() => parseCurl(command)).toThrow(expect.objectContaining({ code: 'bad-usage' }) as Error);
  });

  test('text of any kind is read or refused, and never takes long', () => {
    const pieces = fc.constantFrom(
      'curl ',
      "'",
      '"',
      '\\',
      '\n',
      '^',
      '$',
      '`',
      '-H ',
      '--data ',
      'http://a ',
      '@',
      '{',
      ';',
      '%',
      "$'",
      'x',
      "@'\n",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), fc.constantFrom('bash', 'cmd', 'powershell'), (parts, shell) => {
        try {
          parseCurl(`curl ${parts.join('')}`, shell);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-usage' });
        }
      }),
      { numRuns: 3_000, seed: 4 },
    );
    const started = performance.now();
    for (const long of ["'", '"', ' ', '\\\n ', '^', '\\', '-H a ', '`', '""']) {
      try {
        parseCurl(`curl http://a ${long.repeat(200_000)}`);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-usage' });
      }
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
