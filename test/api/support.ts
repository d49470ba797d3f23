import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { LiveEvent, Status } from '../../proxy-core/api/contract.ts';
import type { CallOptions, Handlers } from '../../proxy-core/api/handlers.ts';

const unused = (): Promise<never> => Promise.reject(new Error('this test has no such operation'));

export function sampleStatus(revision = 1): Status {
  return {
    version: '0.0.0',
    pid: 1,
    dataDir: '/nowhere',
    capture: { state: 'off', app: null, inbound: null, outbound: null, startedAt: null, connections: 0, pairsIn: 0, pairsOut: 0 },
    demo: false,
    docker: { state: 'connecting', problem: '', endpoint: '', revision: 0, doing: '', capturing: 0 },
    launched: [],
    store: { path: '/nowhere/pairs.db', pairs: 0, unlisted: 0, bytes: 0, problem: '', revision },
    shed: { pairs: 0, bodies: 0, unwritten: 0 },
    notices: [],
  };
}

async function* oneEvent(): AsyncGenerator<LiveEvent, void, void> {
  yield { status: sampleStatus(), revision: 1 };
}

/** Handlers of which a test replaces the ones it is about. */
export function stubHandlers(): Handlers {
  return {
    status: () => Promise.resolve(sampleStatus()),
    live: (_input: unknown, _call: CallOptions) => Promise.resolve(oneEvent()),
    capture: { start: unused, stop: unused },
    demo: { start: unused, stop: unused },
    containers: {
      list: unused,
      attach: unused,
      detach: unused,
      switchProject: unused,
      trust: unused,
      untrust: unused,
      serverKey: unused,
      run: unused,
      remove: unused,
    },
    pairs: {
      list: unused,
      search: unused,
      histogram: unused,
      paths: unused,
      map: unused,
      values: unused,
      get: unused,
      reading: unused,
      messages: unused,
      message: unused,
      caused: unused,
      body: unused,
      head: unused,
      pin: unused,
      mark: unused,
      restoreMarks: unused,
      flush: unused,
      clear: unused,
      undoClear: unused,
    },
    filter: { check: unused },
    export: { curl: unused, code: unused, har: unused, file: unused },
    replay: { run: unused, many: unused, diff: unused },
    compose: { parseCurl: unused, send: unused },
    launch: { open: unused, close: unused },
    snapshots: { list: unused, save: unused, rename: unused, remove: unused, diff: unused },
    import: unused,
    redact: { rules: unused, save: unused, preview: unused },
    protos: { list: unused, add: unused, reflect: unused, remove: unused },
    settings: { get: unused, save: unused },
    sessions: unused,
    ticket: unused,
    certificates: unused,
    setup: unused,
    doctor: unused,
    shutdown: unused,
  };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One HTTP request with exactly these headers (`Host` included), over a connection of its own. */
export function call(
  url: string,
  options: { method?: string; path?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(url);
    const sent = request(
      {
        hostname,
        port,
        method: options.method ?? 'GET',
        path: options.path ?? '/',
        headers: { host, ...options.headers },
        setHost: false,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(options.body);
  });
}

/** Writes bytes to the server and gives back all that comes until it closes. */
export function raw(url: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}
