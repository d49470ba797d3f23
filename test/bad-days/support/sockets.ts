import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onCleanUp } from './clean-up.ts';

/** A TCP server on a free port; its sockets are destroyed at clean-up. */
export async function serve(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', ignore);
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanUp(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

/** Answers every request that has no body with `200` and the bytes of `body`. */
export function serveText(body = 'ok'): Promise<number> {
  const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  return serve((socket) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        text = text.slice(end + 4);
        socket.write(answer);
      }
    });
    socket.on('end', () => socket.end());
  });
}

/** A client whose bytes are collected. */
export interface Client {
  socket: Socket;
  received: () => Buffer;
  /** Resolves when so many bytes have come; rejects when the connection ends before. */
  bytes: (count: number) => Promise<Buffer>;
  /** Resolves when this has come. */
  text: (text: string) => Promise<string>;
  /** How the other side ended: `end` for a FIN, else the code of the error, `ECONNRESET` mostly. */
  fate: Promise<string>;
}

/** Opens a connection; it is destroyed at clean-up. */
export async function open(port: number, host = '127.0.0.1'): Promise<Client> {
  const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
  onCleanUp(() => socket.destroy());
  await once(socket, 'connect');
  return clientOn(socket);
}

/** Collects the bytes of a connection that is open. */
export function clientOn(socket: Socket): Client {
  const chunks: Buffer[] = [];
  let count = 0;
  let over = false;
  let wake = Promise.withResolvers<void>();
  const tell = (): void => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  };
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    count += chunk.length;
    tell();
  });
  const fate = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      over = true;
      resolve(how);
      tell();
    };
    socket.once('end', () => end('end'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.once('close', () => end('closed'));
  });
  const received = (): Buffer => Buffer.concat(chunks);
  const until = async (fits: () => boolean, what: string): Promise<void> => {
    const deadline = AbortSignal.timeout(25_000);
    while (!fits()) {
      if (over) throw new Error(`the connection ended (${await fate}) before ${what}; got ${excerpt(received())}`);
      const woken = wake.promise;
      await Promise.race([woken, once(deadline, 'abort')]);
      if (deadline.aborted) throw new Error(`no ${what} came; got ${excerpt(received())}`);
    }
  };
  return {
    socket,
    received,
    bytes: async (wanted) => {
      await until(() => count >= wanted, `${wanted} bytes`);
      return received();
    },
    text: async (text) => {
      await until(() => received().includes(text), JSON.stringify(text));
      return received().toString('latin1');
    },
    fate,
  };
}

/** Asks for something over a connection of its own, and gives the whole answer. The server has to answer with a Content-Length. */
export async function get(port: number, path: string): Promise<string> {
  const client = await open(port);
  client.socket.write(`GET ${path} HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n`);
  const head = await client.text('\r\n\r\n');
  const end = head.indexOf('\r\n\r\n') + 4;
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  const all = await client.bytes(end + length);
  client.socket.destroy();
  return all.toString('latin1');
}

/** A tunnel to a port of this machine, through the outbound listener. */
export async function tunnel(outPort: number, way: 'connect' | 'socks5' | 'socks4', port: number): Promise<Client> {
  const client = await open(outPort);
  const number = Buffer.from([port >> 8, port & 255]);
  let preamble: number;
  if (way === 'connect') {
    client.socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    preamble = (await client.text('\r\n\r\n')).length;
  } else if (way === 'socks5') {
    client.socket.write(Buffer.concat([Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1]), number]));
    preamble = (await client.bytes(12)).length;
  } else {
    client.socket.write(Buffer.concat([Buffer.from([4, 1]), number, Buffer.from([127, 0, 0, 1, 0])]));
    preamble = (await client.bytes(8)).length;
  }
  const received = (): Buffer => client.received().subarray(preamble);
  return {
    ...client,
    received,
    bytes: async (count) => (await client.bytes(preamble + count)).subarray(preamble),
    text: async (text) => (await client.text(text)).slice(preamble),
  };
}

function ignore(): void {
  // Tests that look at errors listen for themselves.
}

function excerpt(bytes: Buffer): string {
  return `${bytes.length} bytes, ${JSON.stringify(bytes.subarray(0, 300).toString('latin1'))}`;
}
