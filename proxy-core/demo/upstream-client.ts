import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';

interface Service {
  /** The name it goes by in requests. */
  name: string;
  port: number;
  tls: boolean;
}

export interface UpstreamAnswer {
  status: number;
  body: string;
}

/**
 * How the shop calls the services behind it: through the HTTP proxy with CONNECT, so that each service is seen under its own name although
 * all of them listen on loopback ports.
 */
export class UpstreamClient {
  readonly #services = new Map<string, Service>();
  #proxy: { host: string; port: number } | null = null;
  #caPem = '';

  addService(key: string, service: Service): void {
    this.#services.set(key, service);
  }

  useProxy(proxy: { host: string; port: number }, caPem: string): void {
    this.#proxy = proxy;
    this.#caPem = caPem;
  }

  /** Calls a service; rejects when it cannot be reached. */
  async call(key: string, method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<UpstreamAnswer> {
    const service = this.#services.get(key);
    if (service === undefined) throw new Error(`no service ${key}`);
    const socket = await this.#connect(service);
    const text = body === undefined ? null : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          createConnection: () => socket,
          method,
          path,
          headers: {
            Host: service.name,
            Accept: 'application/json',
            'User-Agent': 'shop/2.3',
            ...headers,
            ...(text === null ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
            Connection: 'close',
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      // The tunnel's socket was paused when its head had been read, and http does not resume one that it is given.
      request.once('socket', () => socket.resume());
      request.end(text ?? undefined);
    });
  }

  /** A connection to a port of this machine, through the proxy when there is one. */
  async connect(port: number): Promise<net.Socket> {
    const proxy = this.#proxy;
    const socket = net.connect(proxy ?? { host: '127.0.0.1', port });
    await once(socket, 'connect');
    if (proxy !== null) {
      socket.write(`CONNECT 127.0.0.1:${String(port)} HTTP/1.1\r\nHost: 127.0.0.1:${String(port)}\r\n\r\n`);
      await tunnelOpened(socket);
    }
    return socket;
  }

  async #connect(service: Service): Promise<net.Socket> {
    const socket = await this.connect(service.port);
    if (!service.tls) return socket;
    const secure = tls.connect({ socket, servername: service.name, ca: [this.#caPem], ALPNProtocols: ['http/1.1'] });
    await once(secure, 'secureConnect');
    return secure;
  }
}

function once(socket: net.Socket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => {
      socket.off('error', reject);
      resolve();
    });
    socket.once('error', reject);
  });
}

function tunnelOpened(socket: net.Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const failed = (error?: Error): void => reject(error ?? new Error('the proxy closed the connection'));
    const read = (bytes: Buffer): void => {
      answer += bytes.toString('latin1');
      if (!answer.includes('\r\n\r\n')) return;
      socket.off('data', read);
      socket.off('error', failed);
      socket.off('close', failed);
      socket.pause();
      if (answer.startsWith('HTTP/1.1 200')) resolve();
      else reject(new Error(answer.slice(0, answer.indexOf('\r\n'))));
    };
    socket.on('data', read);
    socket.once('error', failed);
    socket.once('close', failed);
  });
}
