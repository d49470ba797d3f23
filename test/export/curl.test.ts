import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curlCommand } from '../../proxy-core/export/curl.ts';
import { type RawEcho, type RawRequest, startRawEcho } from './raw-echo.ts';
import { record } from './records.ts';

const run = promisify(execFile);

let echo: RawEcho;
let folder: string;

beforeAll(async () => {
  echo = await startRawEcho();
  folder = await mkdtemp(path.join(os.tmpdir(), 'sidetap-curl-'));
});

afterAll(async () => {
  await echo.close();
  await rm(folder, { recursive: true });
});

/** Exports the request as a bash command, runs that, and returns what the server got. */
async function roundTrip(head: string, body: Uint8Array, shell = 'bash'): Promise<RawRequest> {
  const exported = curlCommand(record(echo.port, head, body), { shell: 'bash', reveal: true });
  expect(exported.masked).toEqual([]);
  if (exported.bodyFile !== null)
    await writeFile(path.join(folder, exported.bodyFile.name), Buffer.from(exported.bodyFile.base64, 'base64'));
  const arrives = echo.next();
  await run(shell, ['-c', exported.command], {
    cwd: folder,
    env: { ...process.env, HOME: folder, http_proxy: '', HTTP_PROXY: '' },
    timeout: 20_000,
  });
  return arrives;
}

interface Sent {
  method: string;
  target: string;
  headers: [string, string][];
  body: Buffer;
  chunked: boolean;
}

function headOf({ method, target, headers, body, chunked }: Sent): string {
  const framing: [string, string][] = chunked
    ? [['Transfer-Encoding', 'chunked']]
    : body.length > 0 || method === 'POST'
      ? [['Content-Length', String(body.length)]]
      : [];
  const lines = [['Host', `127.0.0.1:${String(echo.port)}`], ...headers, ...framing].map(
    ([name, value]) => `${name ?? ''}: ${value ?? ''}`,
  );
  return `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

function wireBody({ body, chunked }: Sent): Buffer {
  if (!chunked) return body;
  return body.length === 0
    ? Buffer.from('0\r\n\r\n')
    : Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
}

const sorted = (headers: readonly [string, string][]): string[] => headers.map(([name, value]) => `${name}: ${value}`).sort();

async function expectSame(sent: Sent, shell?: string): Promise<void> {
  const head = headOf(sent);
  const got = await roundTrip(head, wireBody(sent), shell);
  expect(got.startLine).toBe(`${sent.method} ${sent.target} HTTP/1.1`);
  const headers = head.split('\r\n').slice(1, -2);
  expect(sorted(got.headers)).toEqual(headers.map((line) => line.replace(/^([^:]*): *$/, '$1: ')).sort());
  expect(got.body.equals(sent.body)).toBe(true);
}

const plain: Sent = { method: 'GET', target: '/', headers: [], body: Buffer.alloc(0), chunked: false };

describe('what the command sends equals what was recorded', () => {
  test.each<[string, Partial<Sent>]>([
    ['nothing but a Host field', {}],
    ['HEAD', { method: 'HEAD' }],
    ['an unusual method', { method: 'PROPFIND', headers: [['Depth', '1']] }],
    ['POST without a body', { method: 'POST' }],
    ['GET with a body', { body: Buffer.from('{"a":1}'), headers: [['Content-Type', 'application/json']] }],
    ['a body that begins with @', { method: 'POST', body: Buffer.from('@/etc/hostname') }],
    ['a body that begins with dashes', { method: 'POST', body: Buffer.from('--data x') }],
    ['quotes, dollars, backslashes and backticks', { method: 'POST', body: Buffer.from('it\'s "$HOME" `id` \\n \\\\ !! %41') }],
    ['line breaks kept', { method: 'PUT', body: Buffer.from('a\r\nb\nc\n') }],
    [
      'unicode',
      { method: 'POST', body: Buffer.from('héllo 🚀 \u202e'), headers: [['X-Name', Buffer.from('Zoë').toString('latin1')]] },
    ],
    [
      'a binary body',
      {
        method: 'POST',
        body: Buffer.from([0, 1, 2, 255, 254, 10, 13, 0]),
        headers: [['Content-Type', 'application/octet-stream']],
      },
    ],
    ['a body that is not UTF-8', { method: 'POST', body: Buffer.from([0xc3, 0x28]) }],
    ['2 MB of body, without Expect', { method: 'POST', body: Buffer.alloc(2_000_000, 'x') }],
    ['a chunked body', { method: 'POST', body: Buffer.from('abc'), chunked: true }],
    ['an empty chunked body', { method: 'POST', chunked: true }],
    ['Expect: 100-continue', { method: 'POST', body: Buffer.from('x'), headers: [['Expect', '100-continue']] }],
    [
      'header case, duplicates and empty values',
      {
        headers: [
          ['X-oDD', 'a'],
          ['x-odd', 'b'],
          ['X-Empty', ''],
          ['ACCEPT', '*/*'],
          ['user-agent', 'me'],
        ],
      },
    ],
    [
      'a value that begins with @ or holds a semicolon',
      {
        headers: [
          ['X-At', '@file'],
          ['X-Semi', 'a;b;'],
        ],
      },
    ],
    ['bytes in a header value that are not UTF-8', { headers: [['X-Raw', '\xff\xfe']] }],
    [
      'cookies and credentials',
      {
        headers: [
          ['Cookie', 'a=b; c=d'],
          ['Authorization', 'Basic dTpw'],
        ],
      },
    ],
    ['dot segments', { target: '/a/../b/./c' }],
    ['brackets and braces', { target: '/a[1-3]{x,y}?q[]=1' }],
    ['a fragment sign, spaces and raw UTF-8 in the target', { target: '/a#b%20c' }],
    ['the asterisk form', { method: 'OPTIONS', target: '*' }],
    ['the absolute form', { target: 'http://other.example/x?y=1' }],
    ['ampersands and quotes in the query', { target: "/?a=1&b='2'&c=$HOME" }],
    ['compression asked for', { headers: [['Accept-Encoding', 'gzip, deflate']] }],
    [
      'multipart',
      {
        method: 'POST',
        headers: [['Content-Type', 'multipart/form-data; boundary=XX']],
        body: Buffer.from('--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--XX--\r\n'),
      },
    ],
  ])('%s', async (_, part) => {
    await expectSame({ ...plain, ...part });
  });

  test('HTTP/1.0, and another Host than the address', async () => {
    const got = await roundTrip('GET /x HTTP/1.0\r\nHost: shop.example\r\n\r\n', Buffer.alloc(0));
    expect(got.startLine).toBe('GET /x HTTP/1.0');
    expect(got.headers).toEqual([['Host', 'shop.example']]);
  });

  test('without a Host field', async () => {
    const got = await roundTrip('GET /x HTTP/1.0\r\nX-A: b\r\n\r\n', Buffer.alloc(0));
    expect(got.headers).toEqual([['X-A', 'b']]);
  });

  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,15}$/);
  const reserved = /^(?:host|content-length|transfer-encoding|expect|connection|te|trailer|upgrade|proxy-.*|content-encoding)$/i;
  const value = fc.oneof(
    fc.stringMatching(/^[\x21-\x7e]([\x20-\x7e]{0,40}[\x21-\x7e])?$/),
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 10 })
      .map((text) => Buffer.from(text.replaceAll(/[\p{Cc}\s]/gu, '.')).toString('latin1')),
    fc.constant(''),
  );
  const generated = fc.record({
    method: fc.oneof(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
      fc.stringMatching(/^[A-Z]{3,12}$/).filter((name) => name !== 'HEAD' && name !== 'CONNECT'),
    ),
    target: fc
      .oneof(fc.webPath({ size: 'small' }), fc.stringMatching(/^\/[\x21-\x7e]{0,60}$/))
      .map((text) => (text.startsWith('/') ? text : `/${text}`)),
    headers: fc.array(
      fc.tuple(
        token.filter((name) => !reserved.test(name)),
        value,
      ),
      { maxLength: 8 },
    ),
    body: fc.oneof(
      fc.constant(Buffer.alloc(0)),
      fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
    ),
    chunked: fc.boolean(),
  });

  test('for 300 generated requests', async () => {
    await fc.assert(
      fc.asyncProperty(generated, async (request) => {
        await expectSame({ ...request, chunked: request.chunked && request.body.length > 0 });
      }),
      { numRuns: 300 },
    );
  });
});

describe('secrets', () => {
  const head =
    'POST /login?api_key=abcdef123456 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cr3t-token\r\nCookie: sid=cookie-value-1\r\nContent-Type: application/json\r\nContent-Length: 58\r\n\r\n';
  const body = Buffer.from('{"user":"ann","password":"hunter2hunter2","again":"s3cr3t-token"}');

  test('are masked unless asked for, and what was masked is named', () => {
    const { command, masked } = curlCommand(record(1, head, body), { shell: 'bash', reveal: false });
    expect(command).not.toMatch(/s3cr3t-token|cookie-value-1|hunter2|abcdef123456/);
    expect(command).toContain('Bearer ***');
    expect(command).toContain('"user":"ann","password":"***"');
    expect(masked).toEqual(
      expect.arrayContaining(['header authorization', 'header cookie sid', 'query parameter api_key', 'body password']),
    );
  });

  test('are left in when revealed', () => {
    const { command, masked } = curlCommand(record(1, head, body), { shell: 'bash', reveal: true });
    expect(command).toMatch(/s3cr3t-token/);
    expect(masked).toEqual([]);
  });
});

describe('other shells', () => {
  const head =
    'POST /a?x=%41&y="q" HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: it\'s "me"\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n';
  const body = Buffer.from('{"a":"50% of \\"all\\" & more","b":"it\'s"}');

  test('PowerShell: the options travel as a configuration file that curl itself reads back unchanged', async () => {
    const { command } = curlCommand(record(echo.port, head, body), { shell: 'powershell', reveal: true });
    const config = /@'\n([\s\S]*)\n'@ \| curl\.exe --config - \}$/.exec(command)?.[1];
    expect(config).toBeDefined();
    const file = path.join(folder, 'curl.config');
    await writeFile(file, config ?? '');
    const arrives = echo.next();
    await run('curl', ['--config', file], { timeout: 20_000 });
    const got = await arrives;
    expect(got.body.toString()).toBe(body.toString());
    expect(got.startLine).toBe('POST /a?x=%41&y="q" HTTP/1.1');
    expect(sorted(got.headers)).toContain('User-Agent: it\'s "me"');
  });

  test('cmd: every character that cmd.exe would act on has a caret, and percent signs start no variable', () => {
    const { command } = curlCommand(record(1, head, body), { shell: 'cmd', reveal: true });
    expect(command).toMatch(/^curl\.exe /);
    expect(command).toContain('^%^41');
    expect(command).toContain('^&y=');
    expect(command).not.toMatch(/(?<!\^)[&|<>()"!%]/);
  });

  test('cmd: a body with line breaks or beyond ASCII goes into a file', () => {
    const { bodyFile } = curlCommand(record(1, head, Buffer.from('a\nb')), { shell: 'cmd', reveal: true });
    expect(bodyFile?.base64).toBe(Buffer.from('a\nb').toString('base64'));
  });
});
