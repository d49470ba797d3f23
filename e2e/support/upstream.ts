import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { hostilePage } from './hostile-page.ts';

/** A request as it arrived. */
export interface Received {
  method: string;
  url: string;
  /** Names and values in turn, as sent. */
  rawHeaders: string[];
  body: Buffer;
}

export interface Upstream {
  port: number;
  /** Every request so far, oldest first. */
  received: Received[];
  /** Has `/held` answered, from now on at once. */
  release: () => void;
  close: () => Promise<void>;
}

/** A small application to capture: a real HTTP server, with answers of every kind. */
export async function startUpstream(): Promise<Upstream> {
  const received: Received[] = [];
  let calls = 0;
  const held = Promise.withResolvers<void>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray());
    received.push({ method: request.method ?? '', url: request.url ?? '', rawHeaders: request.rawHeaders, body });
    calls += 1;
    const path = (request.url ?? '/').split('?', 1)[0];
    const json = (status: number, value: unknown): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
    };
    switch (path) {
      case '/users':
        json(200, { users: [{ id: 7, name: 'Ada' }], total: 1 });
        break;
      case '/counter':
        json(200, { calls, fixed: true });
        break;
      case '/missing':
        json(404, { error: 'there is no such thing' });
        break;
      case '/broken':
        json(500, { error: 'out of order' });
        break;
      case '/slow':
        await delay(400);
        json(200, { slow: true });
        break;
      case '/held':
        await held.promise;
        json(200, { held: true });
        break;
      case '/hostile':
        response.writeHead(200, { 'Content-Type': 'text/html', 'X-Trap': '"><script>window.pwned=1</script>' }).end(hostilePage);
        break;
      default:
        json(200, { method: request.method, url: request.url, bytes: body.length });
    }
  };
  // Some tests send heads that no sensible server takes.
  const server = createServer({ maxHeaderSize: 8 * 1024 * 1024 }, (request, response) => {
    answer(request, response).catch(() => {
      // The client went away in the middle.
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    release: held.resolve,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
