import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../scripts/lib/debian.ts';
import { freePort, give, type RealServer, startServerProcess, userIds } from './servers.ts';

const run = promisify(execFile);

export function startMemcached(): Promise<RealServer> {
  return startServerProcess('memcached', (port) => ({
    program: 'memcached',
    args: ['-p', String(port), '-l', '127.0.0.1', '-U', '0', '-m', '16', ...(process.getuid?.() === 0 ? ['-u', 'nobody'] : [])],
  }));
}

/** Everybody may come in; `ada` with the password `hunter2-secret`, or with none that is told. */
export async function startMosquitto(): Promise<RealServer> {
  return startServerProcess(
    'mosquitto',
    (port, folder) => {
      writeFileSync(
        join(folder, 'config'),
        `listener ${String(port)} 127.0.0.1\nallow_anonymous true\npassword_file ${join(folder, 'passwords')}\npersistence false\nuser root\n`,
      );
      return { program: findProgram('mosquitto') ?? 'mosquitto', args: ['-c', join(folder, 'config')] };
    },
    async (folder) => {
      await run('mosquitto_passwd', ['-b', '-c', join(folder, 'passwords'), 'ada', 'hunter2-secret']);
    },
  );
}

/** `ada` comes in with the password `hunter2-secret`. */
export async function startNats(tls: { ca: string; cert: string; key: string } | null = null): Promise<RealServer> {
  return startServerProcess(
    'nats',
    (port, folder) => ({
      program: findProgram('nats-server') ?? 'nats-server',
      args: [
        '-a',
        '127.0.0.1',
        '-p',
        String(port),
        '--user',
        'ada',
        '--pass',
        'hunter2-secret',
        ...(tls === null ? [] : ['--tls', '--tlscert', join(folder, 'cert'), '--tlskey', join(folder, 'key')]),
      ],
    }),
    (folder) => {
      if (tls !== null) for (const name of ['cert', 'key'] as const) writeFileSync(join(folder, name), tls[name], { mode: 0o600 });
      return Promise.resolve();
    },
  );
}

/** `guest` comes in with the password `guest`. */
export async function startRabbitmq(): Promise<RealServer> {
  const ids = await userIds('rabbitmq');
  const names = String(await freePort());
  const distribution = String(await freePort());
  const server = await startServerProcess(
    'rabbitmq',
    (port, folder) => ({
      program: '/usr/lib/rabbitmq/bin/rabbitmq-server',
      args: [],
      ...ids,
      env: {
        HOME: folder,
        RABBITMQ_NODENAME: `sidetap${names}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_DIST_PORT: distribution,
        RABBITMQ_MNESIA_BASE: join(folder, 'data'),
        RABBITMQ_LOG_BASE: join(folder, 'log'),
        RABBITMQ_CONFIG_FILE: join(folder, 'config'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
        // Erlang's own registry of names, which it starts and leaves behind: one for this test.
        ERL_EPMD_PORT: names,
      },
    }),
    (folder) => {
      give(folder, ids);
      writeFileSync(join(folder, 'plugins'), '[].');
      return Promise.resolve();
    },
  );
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await run('epmd', ['-port', names, '-kill']).catch(() => {
        // It was never started, or has ended.
      });
    },
  };
}

/** Takes mail from everybody, and lets `ada` in with the password `hunter2-secret`, in the clear too. */
export function startSmtp(tls: { ca: string; cert: string; key: string } | null = null): Promise<RealServer> {
  return startServerProcess(
    'smtp',
    // Debian's own, whose packages this is one of.
    (port, folder) => ({ program: '/usr/bin/python3', args: [join(folder, 'server.py'), String(port)] }),
    (folder) => {
      for (const name of tls === null ? [] : (['cert', 'key'] as const))
        writeFileSync(join(folder, name), tls?.[name] ?? '', { mode: 0o600 });
      const context = tls === null ? 'None' : `context('${folder}')`;
      writeFileSync(
        join(folder, 'server.py'),
        `
import signal, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult

def context(folder):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(folder + '/cert', folder + '/key')
    return made

def let_in(server, session, envelope, mechanism, data):
    known = data.login == b'ada' and data.password == b'hunter2-secret'
    return AuthResult(success=known, handled=known)

class Mails(Sink):
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody'):
            return '550 no such user'
        envelope.rcpt_tos.append(address)
        return '250 OK'

Controller(Mails(), hostname='127.0.0.1', port=int(sys.argv[1]), authenticator=let_in, auth_require_tls=False, tls_context=${context}).start()
signal.pause()
`,
      );
      return Promise.resolve();
    },
  );
}

/** Knows `shop.test` and some of its records, and nothing else. */
export function startDnsmasq(): Promise<RealServer> {
  return startServerProcess('dnsmasq', (port) => ({
    program: findProgram('dnsmasq') ?? 'dnsmasq',
    args: [
      '--no-daemon',
      '--conf-file=/dev/null',
      '--no-resolv',
      '--no-hosts',
      '--pid-file=',
      '--user=',
      '--listen-address=127.0.0.1',
      '--bind-interfaces',
      `--port=${String(port)}`,
      '--local=/test/',
      '--host-record=shop.test,192.0.2.7,2001:db8::7',
      '--txt-record=shop.test,hello,world',
      '--mx-host=shop.test,mail.shop.test,10',
    ],
  }));
}
