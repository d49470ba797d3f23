import net from 'node:net';

/** What arrived on one connection, byte for byte. */
export interface RawRequest {
  startLine: string;
  headers: [string, string][];
  body: Buffer;
}

export interface RawEcho {
  port: number;
  /** The next request that arrives whole. */
  next(): Promise<RawRequest>;
  /** All that arrived and nobody waited for, in that order. */
  arrived(): RawRequest[];
  close(): Promise<void>;
}

/** A server that keeps what it was sent, without any HTTP library between, and answers 200 to everything. */
export async function startRawEcho(): Promise<RawEcho> {
  const waiting: ((request: RawRequest) => void)[] = [];
  const arrived: RawRequest[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let bytes = Buffer.alloc(0);
    let continued = false;
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = readHead(bytes.subarray(0, end).toString('latin1'));
      if (!continued && head.headers.some(([name, value]) => /^expect$/i.test(name) && /100-continue/i.test(value))) {
        continued = true;
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      }
      const body = wholeBody(head.headers, bytes.subarray(end + 4));
      if (body === null) return;
      const request = { ...head, body };
      const waiter = waiting.shift();
      if (waiter === undefined) arrived.push(request);
      else waiter(request);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as net.AddressInfo).port,
    next: () => {
      const request = arrived.shift();
      if (request !== undefined) return Promise.resolve(request);
      return new Promise((resolve) => {
        waiting.push(resolve);
      });
    },
    arrived: () => arrived.splice(0),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A request from its bytes; null while it is not whole. */
export function readRaw(bytes: Buffer): RawRequest | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = readHead(bytes.subarray(0, end).toString('latin1'));
  const body = wholeBody(head.headers, bytes.subarray(end + 4));
  return body === null ? null : { ...head, body };
}

function readHead(text: string): { startLine: string; headers: [string, string][] } {
  const [startLine = '', ...lines] = text.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).replaceAll(/^[ \t]+|[ \t]+$/g, '')];
  });
  return { startLine, headers };
}

function wholeBody(headers: readonly [string, string][], rest: Buffer): Buffer | null {
  const value = (name: string): string | undefined => headers.find(([key]) => key.toLowerCase() === name)?.[1];
  if (value('transfer-encoding') === 'chunked') return dechunk(rest);
  const length = Number(value('content-length') ?? '0');
  return rest.length >= length ? rest.subarray(0, length) : null;
}

function dechunk(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}
