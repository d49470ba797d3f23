import { type ChildProcess, fork } from 'node:child_process';
import { messageOf, SidetapError } from '../errors.ts';
import { makeCaCertificate, makeLeafCertificate, newKeyPair, privateKeyPem } from '../tls/certificates.ts';
import type { DemoListeners, FromDemo, ToDemo } from './messages.ts';

/** The demo shop, running in a process of its own. */
export interface Demo {
  /** The shop listens here on 127.0.0.1: the application to capture. */
  appPort: number;
  /** CA of the demo's payments service, PEM: to be trusted for upstream connections. */
  upstreamCaPem: string;
  /** Begins the traffic, through the listeners of the capture. */
  drive(listeners: Omit<DemoListeners, 'kind'>): void;
  /** Resolves when the process has ended, by itself or by `stop`. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

const paymentsName = 'payments.example';

/** Time the demo's process may take to start or to end, ms. */
const PROCESS_MILLIS = 15_000;

/**
 * Starts a small shop (an HTTP service that calls a stock service and, over TLS, a payments service), so that there is something to look at. Nothing
 * leaves this machine.
 */
export async function startDemo(): Promise<Demo> {
  const keys = await newKeyPair();
  const authority = await makeCaCertificate(keys, 'Sidetap demo CA', Date.now());
  const leafKeys = await newKeyPair();
  const issuer = { certificate: authority, signingKey: keys.privateKey };
  const leaf = await makeLeafCertificate(issuer, leafKeys.publicKey, { kind: 'dns', value: paymentsName }, Date.now());

  const child = fork(new URL(import.meta.url.endsWith('.ts') ? './demo-process.ts' : './demo-process.js', import.meta.url), {
    // The demo must not inherit a proxy, or a debugger's port, from the shell that Sidetap was started in.
    env: { PATH: process.env['PATH'] ?? '' },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const send = (message: ToDemo): void => {
    // A process that is just ending takes no messages; `ended` tells.
    if (child.connected) child.send(message);
  };
  send({ kind: 'serve', paymentsName, certPem: leaf.toString('pem'), keyPem: await privateKeyPem(leafKeys.privateKey) });
  const appPort = await listening(child);
  return {
    appPort,
    upstreamCaPem: authority.toString('pem'),
    drive: (listeners) => send({ kind: 'drive', ...listeners }),
    ended,
    stop: async () => {
      child.kill();
      const force = setTimeout(() => child.kill('SIGKILL'), PROCESS_MILLIS);
      await ended;
      clearTimeout(force);
    },
  };
}

function listening(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL');
      reject(new SidetapError('internal', `The demo shop could not be started: ${why}.`));
    };
    const timer = setTimeout(() => fail('it did not answer in time'), PROCESS_MILLIS);
    child.once('error', (error) => fail(messageOf(error)));
    const exited = (code: number | null): void => fail(`its process ended with code ${String(code)}`);
    child.once('exit', exited);
    child.once('message', (message) => {
      clearTimeout(timer);
      child.off('exit', exited);
      resolve((message as FromDemo).shopPort);
    });
  });
}
