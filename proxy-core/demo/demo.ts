import { Worker } from 'node:worker_threads';
import { messageOf, SidetapError } from '../errors.ts';
import { makeCaCertificate, makeLeafCertificate, newKeyPair, privateKeyPem } from '../tls/certificates.ts';
import type { DemoListeners, FromDemo, ToDemo } from './messages.ts';
import { DemoServices } from './services.ts';

/** The demo shop, running on a thread of its own. */
export interface Demo {
  /** The shop listens here on 127.0.0.1: the application to capture. */
  appPort: number;
  /** CA of the demo's payments service, PEM: to be trusted for upstream connections. */
  upstreamCaPem: string;
  /** What the demo does without, in a sentence; empty when nothing. */
  lacking: string;
  /** Begins the traffic, through the listeners of the capture. */
  drive(listeners: Omit<DemoListeners, 'kind'>): void;
  /** Resolves when the thread has ended, by itself or by `stop`. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

const paymentsName = 'payments.example';

/** Time the demo may take to start, ms. */
const START_MILLIS = 15_000;

/**
 * Starts a small shop (an HTTP service that calls a stock service and, over TLS, a payments service, with a database and a cache where the machine
 * has them), so that there is something to look at. Nothing leaves this machine.
 */
export async function startDemo(): Promise<Demo> {
  const keys = await newKeyPair();
  const authority = await makeCaCertificate(keys, 'Sidetap demo CA', Date.now());
  const leafKeys = await newKeyPair();
  const issuer = { certificate: authority, signingKey: keys.privateKey };
  const leaf = await makeLeafCertificate(issuer, leafKeys.publicKey, { kind: 'dns', value: paymentsName }, Date.now());

  // A thread and not a process: an installed desktop app cannot run a program of its own as Node (its `runAsNode` fuse is off).
  const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './demo-worker.ts' : './demo-worker.js', import.meta.url), {
    // The demo must not inherit a proxy from the shell that Sidetap was started in.
    env: {},
    execArgv: [],
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
  });
  const send = (message: ToDemo): void => worker.postMessage(message);
  send({ kind: 'serve', paymentsName, certPem: leaf.toString('pem'), keyPem: await privateKeyPem(leafKeys.privateKey) });
  const appPort = await listening(worker).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  const services = new DemoServices();
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await worker.terminate();
    await services.stop();
    await ended;
  };
  return {
    appPort,
    lacking: services.lacking,
    upstreamCaPem: authority.toString('pem'),
    drive: (listeners) => {
      send({ kind: 'drive', ...listeners });
      // Where a server cannot be started, the shop does without it.
      services.start().then(
        (started) => send({ kind: 'backends', services: started }),
        () => {},
      );
    },
    ended,
    stop: () => (stopping ??= stop()),
  };
}

function listening(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(new SidetapError('internal', `The demo shop could not be started: ${messageOf(error)}.`, { cause: error }));
    };
    const timer = setTimeout(() => fail(new Error('it did not answer in time')), START_MILLIS);
    worker.on('error', fail);
    worker.once('message', (message: FromDemo) => {
      clearTimeout(timer);
      resolve(message.shopPort);
    });
  });
}
