import { execFile, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { type CaptureNotice, type CaptureOptions, type RunningCapture, startCapture } from '../../proxy-core/capture/capture.ts';
import { createRecorder, type Recorder, type RecorderOptions } from '../../proxy-core/capture/recorder.ts';
import type { ConnectionInfo, FailureCode } from '../../proxy-core/rrpair/pair.ts';
import { type PairEntry, type PairExtra, readBatch } from '../../proxy-core/store/batch.ts';
import type { BatchSink } from '../../proxy-core/store/store.ts';
import { type CertificateAuthority, openCertificateAuthority } from '../../proxy-core/tls/authority.ts';

/** Time after which what is waited for does not come any more, ms; longer than any crowded machine takes. */
const PATIENCE_MILLIS = 30_000;

/** A pair as a store would have it: the last record of its id, with the parts of its bodies put back. */
export interface StoredPair extends Omit<PairEntry, 'connection' | 'extra'> {
  connection: ConnectionInfo;
  extra: PairExtra;
  /** See `rrpair/arrivals.ts`. */
  arrivals: Buffer;
}

/** Keeps what a recorder writes. */
export class MemorySink implements BatchSink {
  nextPairId = 1;
  pendingBytes = 0;
  spareMemory = (): undefined => undefined;
  readonly pairs = new Map<number, StoredPair>();
  batches = 0;
  readonly #events = new EventEmitter();
  readonly #parts = new Map<string, Buffer[]>();

  write(batch: Uint8Array<ArrayBuffer>): void {
    this.batches += 1;
    for (const entry of readBatch(batch)) {
      if (entry.kind === 'part') {
        const key = `${entry.id} ${entry.side}`;
        const parts = this.#parts.get(key) ?? [];
        const before = parts.reduce((sum, part) => sum + part.length, 0);
        if (before !== entry.offset) throw new Error(`a part at ${entry.offset} follows ${before} bytes`);
        parts.push(entry.bytes);
        this.#parts.set(key, parts);
      } else {
        this.pairs.set(entry.id, {
          ...entry,
          connection: JSON.parse(String(entry.connection)) as ConnectionInfo,
          extra: entry.extra.length === 0 ? {} : (JSON.parse(String(entry.extra)) as PairExtra),
          arrivals: Buffer.concat(this.#parts.get(`${entry.id} arrivals`) ?? []),
          requestBody: entry.requestInParts ? Buffer.concat(this.#parts.get(`${entry.id} request`) ?? []) : entry.requestBody,
          responseBody: entry.responseInParts ? Buffer.concat(this.#parts.get(`${entry.id} response`) ?? []) : entry.responseBody,
        });
      }
    }
    this.#events.emit('written');
  }

  /** In the order they started. */
  all(): StoredPair[] {
    return [...this.pairs.values()].sort((a, b) => a.id - b.id);
  }

  /** Resolves with the first pair that fits, as soon as there is one. */
  async find(fits: (pair: StoredPair) => boolean, what = 'a pair'): Promise<StoredPair> {
    const deadline = AbortSignal.timeout(PATIENCE_MILLIS);
    for (;;) {
      const found = this.all().find(fits);
      if (found !== undefined) return found;
      await once(this.#events, 'written', { signal: deadline }).catch((error: unknown) => {
        const seen = this.all().map((pair) => `${pair.id} ${pair.state} ${requestLine(pair)} ${JSON.stringify(pair.extra)}`);
        throw new Error(`${what} was not recorded; there are:\n${seen.join('\n')}`, { cause: error });
      });
    }
  }

  done(fits: (pair: StoredPair) => boolean = () => true): Promise<StoredPair> {
    return this.find((pair) => pair.state === 'done' && fits(pair), 'a complete pair');
  }

  failed(code: FailureCode): Promise<StoredPair> {
    return this.find((pair) => pair.state === 'done' && pair.extra.failure?.code === code, `a pair with ${code}`);
  }
}

export function requestLine(pair: StoredPair): string {
  return String(pair.requestHead).split('\r\n')[0] ?? '';
}

const cleanups: (() => unknown)[] = [];

/** To be called in `afterEach`: undoes everything that was set up here, last first. */
export async function cleanUp(): Promise<void> {
  for (let undo = cleanups.pop(); undo !== undefined; undo = cleanups.pop()) await undo();
}

export function onCleanUp(undo: () => unknown): void {
  cleanups.push(undo);
}

/** A directory that lives as long as the test file. */
async function directoryOfFile(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'sidetap-capture-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}

let sharedAuthority: Promise<CertificateAuthority> | null = null;

/** One CA for all tests of a file: making it is slow, and nothing here depends on a fresh one. */
export function testAuthority(): Promise<CertificateAuthority> {
  sharedAuthority ??= directoryOfFile().then((path) => openCertificateAuthority(path));
  return sharedAuthority;
}

export interface TestCapture {
  capture: RunningCapture;
  sink: MemorySink;
  recorder: Recorder;
  authority: CertificateAuthority;
  notices: CaptureNotice[];
  inPort: number;
  outPort: number;
}

export async function startTestCapture(
  options: Partial<CaptureOptions> = {},
  recorderOptions: RecorderOptions = {},
  authority: CertificateAuthority | null = null,
): Promise<TestCapture> {
  const sink = new MemorySink();
  const signer = authority ?? (await testAuthority());
  const recorder = createRecorder(sink, recorderOptions);
  const notices: CaptureNotice[] = [];
  const capture = await startCapture(
    { app: null, inPort: 0, outPort: 0, bind: '127.0.0.1', insecureUpstream: false, drainMillis: 100, ...options },
    { authority: signer, recorder, notify: (notice) => notices.push(notice) },
  );
  onCleanUp(async () => {
    await capture.stop();
    recorder.close();
  });
  return {
    capture,
    sink,
    recorder,
    authority: signer,
    notices,
    inPort: capture.inbound?.port ?? 0,
    outPort: capture.outbound.port,
  };
}

/** A TCP server; its sockets are destroyed at clean-up. */
export async function startServer(
  onSocket: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<{ port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {
      // Tests that look at errors listen for themselves.
    });
    onSocket(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  onCleanUp(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, server };
}

/** A TLS server with a certificate of its own making. */
export async function startTlsServer(
  options: tls.TlsOptions,
  onSocket: (socket: tls.TLSSocket) => void,
): Promise<{ port: number; server: tls.Server }> {
  const sockets = new Set<Socket>();
  const server = tls.createServer({ allowHalfOpen: true, ...options } as tls.TlsOptions, onSocket);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => {
      // As above.
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanUp(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, server };
}

/** A CA and a server certificate for localhost and 127.0.0.1, made with openssl: nothing of ours is trusted to be right here. */
export async function makeCertificates(): Promise<{ ca: string; key: string; cert: string; caPath: string }> {
  const path = await directoryOfFile();
  const run = (...args: string[]): Promise<unknown> => promisify(execFile)('openssl', args, { cwd: path });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await run('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test upstream CA');
  await run('req', ...ec, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=localhost');
  await writeFile(join(path, 'ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const sign = 'x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out leaf.pem -days 2 -extfile ext';
  await run(...sign.split(' '));
  return {
    ca: await readFile(join(path, 'ca.pem'), 'utf8'),
    key: await readFile(join(path, 'leaf.key'), 'utf8'),
    cert: await readFile(join(path, 'leaf.pem'), 'utf8'),
    caPath: join(path, 'ca.pem'),
  };
}

/** Opens a TCP connection; destroyed at clean-up. */
export async function open(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
  onCleanUp(() => socket.destroy());
  await once(socket, 'connect');
  socket.on('error', () => {
    // As above.
  });
  return socket;
}

/** Reads exactly so many bytes; what comes after them stays in the socket. */
export async function read(socket: Socket, count: number): Promise<Buffer> {
  const signal = AbortSignal.timeout(PATIENCE_MILLIS);
  let seen = Buffer.alloc(0);
  while (seen.length < count) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) {
      seen = Buffer.concat([seen, chunk]);
    } else if (socket.readableEnded || socket.destroyed) {
      throw new Error(`the connection ended; wanted ${count} bytes, got ${JSON.stringify(String(seen))}`);
    } else {
      const aborted = new AbortController();
      const either = { signal: AbortSignal.any([signal, aborted.signal]) };
      await Promise.race([once(socket, 'readable', either), once(socket, 'close', either)]).finally(() => aborted.abort());
    }
  }
  if (seen.length > count) socket.unshift(seen.subarray(count));
  return seen.subarray(0, count);
}

/** Reads up to and including an empty line. */
export async function readHead(socket: Socket): Promise<string> {
  let head = '';
  while (!head.endsWith('\r\n\r\n')) head += String(await read(socket, 1));
  return head;
}

/** Reads to the FIN. Rejects on an RST. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Resolves with the error code with which a socket dies, or `closed` when it ends, or half-ends, without one. */
export async function fate(socket: Socket): Promise<string> {
  socket.resume();
  if (socket.destroyed) return codeOf(socket.errored);
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(codeOf(error)));
    socket.once('close', () => resolve('closed'));
    socket.once('end', () => resolve('closed'));
  });
}

function codeOf(error: NodeJS.ErrnoException | null): string {
  return error === null ? 'closed' : (error.code ?? error.message);
}

/** A CONNECT tunnel. */
export async function connectThrough(proxyPort: number, host: string, port: number): Promise<Socket> {
  const socket = await open(proxyPort);
  socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
  const head = await readHead(socket);
  if (!head.startsWith('HTTP/1.1 200')) throw new Error(`CONNECT was answered with ${head}`);
  return socket;
}

/** A SOCKS5 tunnel to a name. */
export async function socks5Through(proxyPort: number, host: string, port: number): Promise<Socket> {
  const socket = await open(proxyPort);
  socket.write(Buffer.from([5, 1, 0]));
  await read(socket, 2);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3, host.length]), Buffer.from(host), Buffer.from([port >> 8, port & 255])]));
  const reply = await read(socket, 10);
  if (reply[1] !== 0) throw new Error(`SOCKS5 was refused with ${reply[1]}`);
  return socket;
}

/** A SOCKS4 tunnel to 127.0.0.1. */
export async function socks4Through(proxyPort: number, port: number): Promise<Socket> {
  const socket = await open(proxyPort);
  socket.write(Buffer.from([4, 1, port >> 8, port & 255, 127, 0, 0, 1, 0]));
  const reply = await read(socket, 8);
  if (reply[1] !== 0x5a) throw new Error(`SOCKS4 was refused with ${reply[1]}`);
  return socket;
}

/** TLS on top of a socket. */
export async function secure(socket: Socket, options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
  const secured = tls.connect({ socket, ...options });
  onCleanUp(() => secured.destroy());
  await once(secured, 'secureConnect');
  secured.on('error', () => {
    // As above.
  });
  return secured;
}

/** Runs a command to its end. */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env.PATH, ...env }, timeout: 20_000 };
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** A port that accepts no connection and refuses none: its queue is full, so that whoever dials it waits. */
export async function blackHole(): Promise<number> {
  const script = `import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
c = [socket.socket() for _ in range(4)]
for x in c: x.setblocking(False); x.connect_ex(s.getsockname())
print(s.getsockname()[1], flush=True)
sys.stdin.read()`;
  const child = spawn('python3', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  onCleanUp(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(String(line));
}

/** Resolves once something is true that no event tells of. */
export async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MILLIS;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error('it did not become true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Answers every request with its method, target and body. */
export function answerHttp(socket: Socket): void {
  createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.end(`${request.method} ${request.url} ${Buffer.concat(chunks).toString()}`));
  }).emit('connection', socket);
}
