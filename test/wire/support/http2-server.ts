import { once } from 'node:events';
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { onCleanUp } from '../../capture/support.ts';

/** Starts a server of HTTP/2 on a free port of this machine, which is returned; at the test's end it and its sessions are closed. */
export async function listenHttp2(server: Http2Server | Http2SecureServer): Promise<number> {
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanUp(async () => {
    for (const session of sessions) session.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}
