import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp } from './support/clean-up.ts';
import { Engine, sidetap, temporaryDirectory } from './support/engine.ts';
import { open, serve } from './support/sockets.ts';

/** Names that lead out of a folder, if somebody makes a file of them. */
const names = [
  '../../x',
  '../x.pem',
  '..',
  '.',
  '/etc/x',
  '..\\..\\x',
  '%2e%2e%2fx',
  '..%2f..%2fx',
  'a/../../x',
  'x\0.pem',
  '~root',
  'CON',
  '$(touch x)',
  'x'.repeat(300),
];

let home: string;
let dataDir: string;
let engine: Engine;

beforeAll(async () => {
  home = await temporaryDirectory();
  dataDir = path.join(home, 'folder', 'data');
  await mkdir(dataDir, { recursive: true });
  const app = await serve((socket) => {
    socket.on('data', () =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="../../x"\r\nContent-Length: 2\r\n\r\nok'),
    );
    socket.on('end', () => socket.end());
  });
  engine = await Engine.start({ app, dataDir });
});
afterAll(cleanUp);

/** Everything below the folder around the data directory. */
async function files(): Promise<string[]> {
  return (await readdir(home, { recursive: true })).toSorted();
}

/** Sends bytes and waits for whatever comes of it. */
async function send(port: number, bytes: string | Buffer): Promise<string> {
  const client = await open(port);
  client.socket.on('error', () => {});
  client.socket.end(bytes);
  await client.fate;
  return client.received().toString('latin1');
}

test('no name that a client of the proxy gives becomes a file', async () => {
  const before = await files();
  for (const name of names) {
    const socks5 = Buffer.concat([
      Buffer.from([5, 1, 0, 5, 1, 0, 3, Math.min(255, name.length)]),
      Buffer.from(name.slice(0, 255)),
      Buffer.from([0, 80]),
    ]);
    const socks4a = Buffer.concat([Buffer.from([4, 1, 0, 80, 0, 0, 0, 1, 0]), Buffer.from(`${name.replaceAll('\0', '')}\0`)]);
    const answers = await Promise.all([
      send(engine.outPort, `CONNECT ${name}:443 HTTP/1.1\r\nHost: ${name}\r\n\r\n`),
      send(engine.outPort, `GET http://${name}/${name} HTTP/1.1\r\nHost: ${name}\r\n\r\n`),
      send(engine.outPort, socks5),
      send(engine.outPort, socks4a),
      send(engine.inPort, `GET /${name} HTTP/1.1\r\nHost: ${name}\r\n\r\n`),
    ]);
    expect(answers[0]).not.toMatch(/^HTTP\/1\.1 200/);
  }
  expect(await files()).toEqual(before);
});

test('no name that a TLS client asks for becomes a file', async () => {
  const before = await files();
  for (const name of names.filter((one) => one.length < 256)) {
    const plain = await open(engine.inPort);
    plain.socket.removeAllListeners('data');
    const client = tls.connect({ socket: plain.socket, servername: name, rejectUnauthorized: false });
    // Some names no certificate can be made for, or no client would ask for: then the handshake fails, and nothing else does.
    await Promise.race([once(client, 'secureConnect'), once(client, 'close')]).catch(() => []);
    client.destroy();
  }
  expect(await files()).toEqual(before);
  expect(engine.alive()).toBe(true);
});

describe('the API’s server', () => {
  const secret = 'BEGIN'; // What ca-key.pem begins with, and nothing that is served.

  test.each([
    '/../data/ca-key.pem',
    '/..%2fdata%2fca-key.pem',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/../../../package.json',
    '/assets/..%5c..%5cpackage.json',
    '//etc/passwd',
    '/./.env',
    '/.git/config',
    '/index.html%00.js',
    '/assets//../index.html',
    'http://127.0.0.1/../../etc/passwd',
    '/api/../../etc/passwd',
    '/api/pairs/..%2f..%2fetc%2fpasswd',
    '/api/pairs/1%00/body?side=request',
    '/api/pairs/__proto__',
    '/api/constructor',
  ])('serves no file for %s', async (target) => {
    const answer = await send(
      engine.apiPort,
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${engine.apiPort}\r\nAuthorization: Bearer ${engine.ready.token}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (?:400|403|404|503) /);
    expect(answer).not.toMatch(/root:|"sidetap"|\[core\]/);
    expect(answer).not.toContain(secret);
  });
});

test('an export writes into the folder that was named, whatever the request was called', async () => {
  const body = Buffer.alloc(300_000, Buffer.from([0, 255, 10, 13]));
  const fields = 'Content-Disposition: attachment; filename="../../../x"\r\nContent-Type: ../../x';
  const client = await open(engine.inPort);
  client.socket.write(
    `PUT /../../../x/..%2f..%2fx;%00 HTTP/1.1\r\nHost: ../../x\r\n${fields}\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  client.socket.write(body);
  await client.text('ok');
  client.socket.destroy();
  const [pair] = await engine.recorded('method:PUT');

  const out = path.join(home, 'out');
  await mkdir(out);
  const before = await files();
  const id = String(pair?.id);
  const commands = ['bash', 'powershell', 'cmd'].map((shell) =>
    sidetap('export', id, '--as', 'curl', '--shell', shell, '-o', path.join(out, `${shell}.txt`), '--data-dir', dataDir),
  );
  const har = sidetap('export', '--as', 'har', '-o', path.join(out, 'all.har'), '--data-dir', dataDir);
  for (const { code } of await Promise.all([...commands, har])) expect(code).toBe(0);
  const made = (await files()).filter((file) => !before.includes(file)).map((file) => path.relative('out', file));
  const expected = ['all.har', 'bash.txt', 'cmd.txt', 'powershell.txt'];
  expect(made.filter((file) => !expected.includes(file))).toEqual([expect.stringMatching(/^[a-z\d.-]+$/)]);
  expect(made).toEqual(expect.arrayContaining(expected));
  // The command names that file, and runs: its body is what was recorded.
  expect(await readFile(path.join(out, 'bash.txt'), 'utf8')).toContain(made.find((file) => !expected.includes(file)));
});

test('a data directory of any name is only a name', async () => {
  const odd = path.join(home, `$(touch x) \`touch x\` ;touch x; 'q' "d" \\ é 日本 -rf %PATH% *`);
  const named = await Engine.start({ dataDir: odd });
  expect(named.ready.ca).toBe(path.join(odd, 'ca.pem'));
  const before = await files();
  const { lines } = (await named.call('GET', '/setup?shell=bash')) as { lines: string };
  const script = path.join(home, 'setup.sh');
  await writeFile(script, `${lines}\nprintf %s "$SSL_CERT_FILE"`);
  const { stdout } = await promisify(execFile)('bash', [script], { cwd: home });
  expect(path.dirname(stdout)).toBe(odd);
  const after = (await files()).filter((file) => !before.includes(file) && !file.startsWith(path.basename(odd)));
  expect(after).toEqual(['setup.sh']);
});
