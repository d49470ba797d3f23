import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, runClient } from '../../proxy-core/doctor/clients.ts';
import { type LocalServer, startHttp, startHttps, startProxy } from '../../proxy-core/doctor/servers.ts';
import { type CertificateAuthority, openCertificateAuthority } from '../../proxy-core/tls/authority.ts';
import { runtimeVariables, type TrustFiles } from '../../proxy-core/tls/runtime-variables.ts';
import { writeTrustFiles } from '../../proxy-core/tls/trust-store.ts';

const run = promisify(execFile);
let dataDir = '';
let authority: CertificateAuthority;
let trust: TrustFiles;
let secure: LocalServer;
let secureIp: LocalServer;
let plain: LocalServer;

beforeAll(async () => {
  // Spaces and quotes: every variable and option must carry such a path.
  dataDir = path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'sidetap-tls-')), `it's a "dir"`);
  authority = await openCertificateAuthority(dataDir);
  trust = await writeTrustFiles(dataDir, authority);
  secure = await startHttps('secure', await authority.contextFor('localhost'));
  secureIp = await startHttps('secure', await authority.contextFor('127.0.0.1'));
  plain = await startHttp('direct');
});
afterAll(async () => {
  await Promise.all([secure, secureIp, plain].map(async (server) => server.close()));
  await fs.rm(path.dirname(dataDir), { recursive: true, force: true });
});

/** The environment of a program that knows nothing of us, nor of what this machine adds for its programs. */
function bare(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8' };
}

describe('a leaf', () => {
  test('passes the strict checks of openssl, for a name and for an address', async () => {
    for (const [server, check] of [
      [secure, ['-verify_hostname', 'localhost', '-servername', 'localhost']],
      [secureIp, ['-verify_ip', '127.0.0.1', '-noservername']],
    ] as const) {
      const args = ['s_client', '-connect', `127.0.0.1:${server.port}`, '-CAfile', trust.caPath, ...check];
      const running = run('openssl', [...args, '-no-CApath', '-no-CAstore', '-x509_strict', '-verify_return_error', '-brief'], {
        timeout: 20_000,
      });
      running.child.stdin?.end();
      const { stderr } = await running;
      expect(stderr).toContain('Verification: OK');
      expect(stderr).toContain('Protocol version: TLSv1.3');
    }
  });

  test('is offered over TLS 1.2 as well', async () => {
    const args = ['-sS', '--tls-max', '1.2', '--cacert', trust.caPath, `https://localhost:${secure.port}/`];
    expect((await run('curl', args, { env: bare(), timeout: 20_000 })).stdout).toBe('secure');
  });

  test('passes the strict checks of Python', async () => {
    const source = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(('127.0.0.1', int(sys.argv[2]))) as raw:
    with context.wrap_socket(raw, server_hostname='localhost') as secure:
        print(secure.getpeercert()['subjectAltName'])`;
    const { stdout } = await run('python3', ['-c', source, trust.caPath, String(secure.port)], { env: bare(), timeout: 20_000 });
    expect(stdout).toContain("('DNS', 'localhost')");
    expect(stdout).toContain("('IP Address', '127.0.0.1')");
  });

  test('is refused for another name, and without our CA', async () => {
    const elsewhere = ['--resolve', `other.example:${secure.port}:127.0.0.1`, `https://other.example:${secure.port}/`];
    const wrong = run('curl', ['-sS', '--cacert', trust.caPath, ...elsewhere], { env: bare(), timeout: 20_000 });
    await expect(wrong).rejects.toMatchObject({ code: 60 });
    const unknown = run('curl', ['-sS', `https://localhost:${secure.port}/`], { env: bare(), timeout: 20_000 });
    await expect(unknown).rejects.toMatchObject({ code: 60 });
  });

  test('verifies against the CA file alone, as openssl verify reads it', async () => {
    const { stdout } = await run('openssl', ['verify', '-x509_strict', '-CAfile', trust.caPath, trust.caPath], { timeout: 20_000 });
    expect(stdout).toContain(': OK');
    const { stdout: text } = await run('openssl', ['x509', '-in', trust.caPath, '-noout', '-text'], { timeout: 20_000 });
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/);
    expect(text).toContain('Public Key Algorithm: id-ecPublicKey');
  });
});

describe.each(clients.map((client) => [client.title, client] as const))('%s', (_title, client) => {
  test('with the variables: goes through the proxy for localhost too, and trusts our leaf for a name and an address', async () => {
    const proxy = await startProxy('proxied');
    try {
      const current = { ...bare(), NO_PROXY: 'localhost,127.0.0.1', no_proxy: 'localhost,127.0.0.1' };
      const variables = runtimeVariables({
        outbound: { host: '127.0.0.1', port: proxy.port },
        trust,
        current,
        platform: process.platform,
      });
      const env = { ...current, ...variables };
      for (const host of ['localhost', '127.0.0.1']) {
        const url = `http://${host}:${plain.port}/`;
        expect(await runClient(client, url, { env })).toEqual({ kind: 'answered', body: 'proxied' });
      }
      expect(await runClient(client, `https://localhost:${secure.port}/`, { env })).toEqual({ kind: 'answered', body: 'secure' });
      expect(await runClient(client, `https://127.0.0.1:${secureIp.port}/`, { env })).toEqual({ kind: 'answered', body: 'secure' });
      expect(proxy.asked.map((line) => line.replace(/\/$/, '')).sort()).toEqual(
        [
          `CONNECT 127.0.0.1:${secureIp.port}`,
          `CONNECT localhost:${secure.port}`,
          `GET http://127.0.0.1:${plain.port}`,
          `GET http://localhost:${plain.port}`,
        ].sort(),
      );
    } finally {
      await proxy.close();
    }
  });

  test('without them: goes direct, and refuses our leaf', async () => {
    expect(await runClient(client, `http://localhost:${plain.port}/`, { env: bare() })).toEqual({
      kind: 'answered',
      body: 'direct',
    });
    const refused = await runClient(client, `https://localhost:${secure.port}/`, { env: bare() });
    expect(refused).toMatchObject({ kind: 'failed', message: expect.stringMatching(/certificat|PKIX|issuer/i) });
  });
});

test('git and npm trust our leaf and go through the proxy with the variables', async () => {
  const proxy = await startProxy('proxied');
  try {
    const variables = runtimeVariables({
      outbound: { host: '127.0.0.1', port: proxy.port },
      trust,
      current: {},
      platform: 'linux',
    });
    const env = { ...bare(), HOME: dataDir, GIT_TERMINAL_PROMPT: '0', ...variables };
    // Our server is no repository and no registry, so both may fail; but over what it answers, and not over who it is.
    const url = `https://localhost:${secure.port}`;
    expect(await outputOf('git', ['ls-remote', `${url}/x.git`], env)).not.toMatch(/certificate|SSL|unable to access/i);
    expect(await outputOf('npm', ['ping', '--registry', url, '--fetch-retries=0'], env)).not.toMatch(/certificate|CERT_|ECONN/i);
    expect(proxy.asked.length).toBeGreaterThanOrEqual(2);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT localhost:${secure.port}`]));
  } finally {
    await proxy.close();
  }
});

/** What a program prints, whether or not it ends well. */
async function outputOf(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: 60_000 }, (error, stdout, stderr) => resolve(`${stdout}${stderr}${error?.code ?? ''}`));
  });
}
