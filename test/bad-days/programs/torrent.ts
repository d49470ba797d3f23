import { connect, createServer, type Socket, type TcpNetConnectOpts } from 'node:net';

/**
 * Bytes that are made and discarded where they are needed, so that only what stands between costs memory.
 *
 * torrent.ts serve: an application that answers `GET /BYTES` with so many bytes, and a POST with how many right ones it got. Prints its port.
 * torrent.ts get PORT BYTES and torrent.ts post PORT BYTES: its clients. They print how many right bytes arrived at the other end.
 */
const MiB = 1024 * 1024;
/** Not the same anywhere within a MiB that starts at any byte, so that a byte lost, added or moved is seen. */
const pattern = Buffer.alloc(2 * MiB);
for (let at = 0; at < MiB; at += 4) pattern.writeUInt32LE(Math.imul(at, 0x9e3779b1) >>> 0, at);
pattern.copy(pattern, MiB, 0, MiB);

/** Sends so many bytes as fast as the socket takes them. */
async function send(socket: Socket, count: number): Promise<void> {
  for (let sent = 0; sent < count; ) {
    // A copy: a socket may still hold what it was given before.
    const piece = pattern.subarray(sent % MiB, (sent % MiB) + Math.min(MiB / 2, count - sent));
    sent += piece.length;
    if (!socket.write(piece)) await new Promise((resolve) => socket.once('drain', resolve));
  }
}

/** Counts bytes for as long as they are the right ones. */
class Sink {
  right = 0;
  #wrong = false;

  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.#wrong; ) {
      const from = this.right % MiB;
      const length = Math.min(MiB, bytes.length - at);
      if (pattern.compare(bytes, at, at + length, from, from + length) !== 0) this.#wrong = true;
      else this.right += length;
      at += length;
    }
  }
}

/** Splits what comes into a head, told once, and the body behind it. */
function split(socket: Socket, onHead: (head: string) => void, onBody: (bytes: Buffer) => void): void {
  let head: string | null = '';
  socket.on('data', (bytes: Buffer) => {
    if (head === null) {
      onBody(bytes);
      return;
    }
    head += bytes.toString('latin1');
    const end = head.indexOf('\r\n\r\n') + 4;
    if (end < 4) return;
    const body = bytes.subarray(bytes.length - (head.length - end));
    const whole = head.slice(0, end);
    head = null;
    onHead(whole);
    if (body.length > 0) onBody(body);
  });
}

function serve(): void {
  const server = createServer({ noDelay: true, highWaterMark: MiB }, (socket) => {
    const sink = new Sink();
    let expected = -1;
    const answer = (): void => {
      if (sink.right === expected) socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${sink.right}`);
    };
    socket.on('error', () => {});
    split(
      socket,
      (head) => {
        const [method = '', path = ''] = head.split(' ');
        if (method === 'GET') {
          const count = Number(path.slice(1));
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${count}\r\nConnection: close\r\n\r\n`);
          void send(socket, count).then(() => socket.end());
        } else {
          expected = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        }
      },
      (bytes) => {
        sink.take(bytes);
        answer();
      },
    );
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.stdout.write(`${JSON.stringify(typeof address === 'object' ? address?.port : 0)}\n`);
  });
}

function ask(method: string, port: number, count: number): void {
  const sink = new Sink();
  let told = '';
  // Node passes the mark on to the stream; its types do not know.
  const options: TcpNetConnectOpts & { highWaterMark: number } = { port, host: '127.0.0.1', noDelay: true, highWaterMark: MiB };
  const socket = connect(options);
  split(
    socket,
    () => {},
    (bytes) => {
      if (method === 'get') sink.take(bytes);
      else told += bytes.toString();
    },
  );
  socket.on('close', () => process.stdout.write(`${JSON.stringify(method === 'get' ? sink.right : Number(told))}\n`));
  if (method === 'get') {
    socket.write(`GET /${count} HTTP/1.1\r\nHost: app.test\r\n\r\n`);
  } else {
    socket.write(`POST /upload HTTP/1.1\r\nHost: app.test\r\nContent-Length: ${count}\r\n\r\n`);
    void send(socket, count);
  }
}

const [what = '', port = 0, count = 0] = process.argv.slice(2);
if (what === 'serve') serve();
else ask(what, Number(port), Number(count));
