import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startSmtp } from '../../e2e/support/brokers.ts';
import type { RealServer } from '../../e2e/support/servers.ts';
import { smtp } from '../../proxy-core/wire/smtp/smtp.ts';
import { cleanUp, makeCertificates, startTestCapture, type TestCapture } from '../capture/support.ts';
import { brief, everything, readPair, saying } from './support/decoded.ts';

const run = promisify(execFile);
let server: RealServer;
let upstreamCa = '';

beforeAll(async () => {
  const { ca, cert, key } = await makeCertificates();
  upstreamCa = ca;
  server = await startSmtp({ ca, cert, key });
}, 60_000);
afterAll(() => server.stop());
afterEach(cleanUp);

function captured(extraCaPem: string[] = []): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port }, extraCaPem });
}

/** A mail of some 200,000 bytes, with lines that begin with a dot. */
function curl(port: number, ...args: readonly string[]): Promise<unknown> {
  const file = join(server.folder, 'mail');
  writeFileSync(file, `Subject: Orders\r\nContent-Type: text/plain\r\n\r\n${'.a line of text\r\n'.repeat(12_500)}`);
  const fixed = ['-sS', `smtp://127.0.0.1:${String(port)}/shop`, '--mail-from', 'ada@shop', '--upload-file', file];
  return run('curl', [...fixed, ...args], { timeout: 20_000 });
}

test('mails are read, and those that are refused', async () => {
  const { inPort, sink } = await captured();
  await curl(inPort, '--mail-rcpt', 'bob@example.com', '--mail-rcpt', 'eve@example.com');
  await expect(curl(inPort, '--mail-rcpt', 'nobody@example.com')).rejects.toThrow('550');
  const mail = await sink.done(saying('Mail ada@shop bob@example.com eve@example.com → OK'));
  expect(mail.connection.protocol).toBe('smtp');
  expect(readPair(smtp, mail).request.sections).toMatchObject([
    { title: 'Envelope' },
    { title: 'Headers', fields: expect.arrayContaining([['Subject', 'Orders']]) as unknown },
    { title: 'Body', bytes: 212_500, mediaType: 'text/plain' },
    {},
  ]);
  await sink.done(saying('Mail ada@shop nobody@example.com → ERR:550'));
  const hello = await sink.done(saying('EHLO shop → OK'));
  expect(hello.connection.spoken?.server).toMatch(/^Python SMTP \d/);
});

test('a password is kept nowhere', async () => {
  const { inPort, sink } = await captured();
  const login = ['--mail-rcpt', 'bob@example.com', '--login-options'];
  await curl(inPort, ...login, 'AUTH=PLAIN', '--user', 'ada:hunter2-secret');
  await curl(inPort, ...login, 'AUTH=LOGIN', '--user', 'ada:hunter2-secret');
  await expect(curl(inPort, ...login, 'AUTH=PLAIN', '--user', 'ada:hunter2-wrong')).rejects.toThrow();
  await sink.done((pair) => brief(pair).startsWith('AUTH') && pair.extra.summary?.status === 'ERR:535');
  await sink.find(() => sink.all().filter(saying('Mail ada@shop bob@example.com → OK')).length === 2, 'two mails');
  const all = everything(sink.all());
  expect(all).not.toContain('hunter2');
  for (const secret of ['\0ada\0hunter2-secret', 'hunter2-secret', '\0ada\0hunter2-wrong']) {
    expect(all).not.toContain(Buffer.from(secret).toString('base64').replaceAll('=', ''));
  }
});

test('TLS after STARTTLS is opened', async () => {
  const { inPort, sink, authority } = await captured([upstreamCa]);
  const ca = join(server.folder, 'authority.pem');
  writeFileSync(ca, authority.pem);
  await curl(inPort, '--mail-rcpt', 'bob@example.com', '--ssl-reqd', '--cacert', ca);
  const mail = await sink.done(saying('Mail ada@shop bob@example.com → OK'));
  expect(mail.connection).toMatchObject({ protocol: 'smtp', clientTls: { decrypted: true }, upstreamTls: { decrypted: true } });
  await sink.done(saying('STARTTLS  → OK'));
});
