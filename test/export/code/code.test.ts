import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { requestCode } from '../../../proxy-core/export/code/code.ts';
import { curlCommand } from '../../../proxy-core/export/curl.ts';
import { codeFormats, copyFormats } from '../../../proxy-core/rrpair/copy-formats.ts';
import { connectionTo, record } from '../records.ts';

const run = promisify(execFile);

const secret = '{"user":"ann","password":"hunter2hunter2"}';
const head = (fields: string, length: number): string =>
  `POST /login?api_key=abcdef123456 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cr3t-token\r\n${fields}Content-Type: application/json\r\nContent-Length: ${String(length)}\r\n\r\n`;

describe('secrets', () => {
  test.each(codeFormats)('%s: are masked unless asked for, and what was masked is named', (format) => {
    const pair = record(1, head('', secret.length), Buffer.from(secret));
    const { code, masked, bodyFile } = requestCode(pair, { format, reveal: false });
    expect(code).not.toMatch(/s3cr3t-token|hunter2|abcdef123456/);
    expect(bodyFile).toBeNull();
    expect(masked).toEqual(expect.arrayContaining(['header authorization', 'query parameter api_key', 'body password']));
    const revealed = requestCode(pair, { format, reveal: true });
    expect(revealed.code).toMatch(/s3cr3t-token/);
    expect(revealed.masked).toEqual([]);
  });

  test.each(codeFormats)('%s: are found inside a compressed body, which is then sent uncompressed', (format) => {
    const body = gzipSync(secret);
    const pair = record(1, head('Content-Encoding: gzip\r\n', body.length), body);
    const { code, notes } = requestCode(pair, { format, reveal: false });
    expect(code.replaceAll('\\', '')).toContain('"password":"***"');
    expect(code).not.toMatch(/content-encoding/i);
    expect(notes.join('\n')).toContain('sent uncompressed');
    expect(curlCommand(pair, { shell: 'bash', reveal: false }).command).toContain('"password":"***"');
  });

  test('a compressed body without any stays as it is', () => {
    const body = gzipSync('{"n":1}');
    const pair = record(1, head('Content-Encoding: gzip\r\n', body.length), body);
    const { code } = requestCode(pair, { format: 'python', reveal: false });
    expect(code).toContain('"Content-Encoding": "gzip"');
    expect(code).toContain(body.toString('base64'));
  });
});

describe('raw HTTP', () => {
  test('is the message, chunks included; a masked body has its new length', () => {
    const chunked = 'POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(
      requestCode(record(1, chunked, Buffer.from('2\r\nab\r\n1\r\nc\r\n0\r\n\r\n')), { format: 'raw', reveal: true }).code,
    ).toBe(`${chunked}3\r\nabc\r\n0\r\n\r\n`);
    const masked = requestCode(record(1, head('', secret.length), Buffer.from(secret)), { format: 'raw', reveal: false }).code;
    const body = masked.slice(masked.indexOf('\r\n\r\n') + 4);
    expect(masked).toContain(`Content-Length: ${String(body.length)}\r\n`);
  });

  test('of a request that is no text, a file holds all of it', () => {
    const bytes = Buffer.from([0, 255, 1]);
    const { code, bodyFile, notes } = requestCode(record(1, head('', 3), bytes), { format: 'raw', reveal: true });
    expect(code.endsWith('\r\n\r\n')).toBe(true);
    expect(bodyFile?.name).toBe('sidetap-7.http');
    expect(Buffer.from(bodyFile?.base64 ?? '', 'base64').subarray(-3)).toEqual(bytes);
    expect(notes).toHaveLength(1);
  });
});

test('only part of a body that was kept is said to be part', () => {
  const pair = record(1, head('', 9), Buffer.from('abc'), '', { bodyShed: true });
  for (const format of codeFormats) expect(requestCode(pair, { format, reveal: true }).notes.join('\n')).toContain('Only part');
});

test('a tunnel and a connection are no requests', () => {
  const connect = record(1, 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n');
  const row = record(1, '', Buffer.alloc(0), '', { summary: { command: 'CONNECTION', location: 'x', status: 'closed' } });
  for (const pair of [connect, row]) {
    expect(() => requestCode(pair, { format: 'go', reveal: true })).toThrow(
      expect.objectContaining({ code: 'pair-not-replayable' }) as Error,
    );
  }
});

test('Go for https compiles', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sidetap-go-'));
  try {
    const pair = record(1, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', Buffer.alloc(0), '', {
      connection: connectionTo(443, { protocol: 'https' }),
    });
    await writeFile(path.join(folder, 'main.go'), requestCode(pair, { format: 'go', reveal: true }).code);
    const env = { ...process.env, HOME: folder, GOCACHE: path.join(folder, '.cache'), GOFLAGS: '-mod=mod' };
    await run('go', ['build', '-o', 'main', 'main.go'], { cwd: folder, env });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the menu has every format once, and shells for curl', () => {
  expect(copyFormats.flatMap((entry) => (entry.operation === 'code' ? [entry.format] : []))).toEqual([...codeFormats]);
  expect(copyFormats.flatMap((entry) => (entry.operation === 'curl' ? [entry.shell] : []))).toEqual(['bash', 'powershell', 'cmd']);
  expect(new Set(copyFormats.map(({ id }) => id)).size).toBe(copyFormats.length);
});
