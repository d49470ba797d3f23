import { once } from 'node:events';
import { connect, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** Asks a server of HTTP/2 for `/page`, which pushes `/style.css` with it. `inFront` is given the server's port, and tells where to ask. */
export async function pushOnce(inFront: (port: number) => Promise<string>): Promise<void> {
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.pushStream({ ':path': '/style.css' }, (error, pushed) => {
      if (error !== null) throw error;
      pushed.respond({ ':status': 200, 'content-type': 'text/css' });
      pushed.end('body {}');
      stream.respond({ ':status': 200, 'content-type': 'text/html' });
      stream.end('<html>');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connect(await inFront((server.address() as AddressInfo).port));
  const pushed = once(session, 'stream').then(([stream]) => once((stream as ReturnType<typeof session.request>).resume(), 'end'));
  await Promise.all([pushed, once(session.request({ ':path': '/page' }).resume(), 'end')]);
  session.close();
  server.close();
  await once(server, 'close');
}
