import { randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { limits } from '../limits.ts';
import type { Uploads } from '../transfer/uploads.ts';
import { sendBody, wantedBody } from './download.ts';
import type { Refusal } from './guard.ts';
import { refuseCrossSite, refuseForeign, refuseWithoutBearer, refuseWithoutSubprotocol } from './guard.ts';
import type { Handlers } from './handlers.ts';
import type { Readings } from './operations/readings.ts';
import { refuse, refuseUpgrade } from './refuse.ts';
import { createRest } from './rest.ts';
import { createRouter } from './router.ts';
import { ApiSockets } from './sockets.ts';
import { commonHeaders, serveStatic } from './static.ts';
import type { Tickets } from './tickets.ts';
import { receiveUpload, uploadPath } from './upload.ts';

export interface ApiServerOptions {
  handlers: Handlers;
  /** Folder of the built window; without it only the API is served. */
  rendererDir?: string;
  /** Without them every address of the window has to carry the token. */
  tickets?: Tickets;
  /** Without them nobody can send files. */
  uploads?: Uploads;
  /** Without them bodies are read slice by slice only. */
  readings?: Readings;
  /** Where it listens if that is free; else, or without it, anywhere. */
  preferredPort?: number;
  /** Called with every defect that a call ran into. */
  report: (error: unknown) => void;
  /** Default `limits.apiPingMillis`. */
  pingMillis?: number;
}

export interface ApiServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  url: string;
  port: number;
  /** 256 random bits, for this run only. */
  token: string;
  /** Open WebSockets. */
  clients: () => number;
  close: () => Promise<void>;
}

/** Two opened it, or nobody did in time: whoever comes late should know, because the other one need not have been the user. */
const usedTicket: Refusal = {
  status: 403,
  message: 'This address has been used or is too old. Run `sidetap inspect` again; if nobody but you opened it, all is well.',
};

/** Serves the window, the WebSocket `/ws` and the REST form below `/api` on a free port of the loopback interface. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const token = randomBytes(32).toString('base64url');
  const router = createRouter(options.handlers);
  const sockets = new ApiSockets(router, { report: options.report, pingMillis: options.pingMillis ?? limits.apiPingMillis });
  const rest = createRest(router, options.report);
  let port = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const foreign = refuseForeign(request, port);
    if (foreign !== null) return refuse(response, foreign);
    if (target === '/api' || target.startsWith('/api/')) {
      const refusal = refuseCrossSite(request) ?? refuseWithoutBearer(request, token);
      if (refusal !== null) return refuse(response, refusal);
      if (target === uploadPath && options.uploads !== undefined) return receiveUpload(options.uploads, request, response);
      const wanted = options.readings === undefined ? null : wantedBody(request);
      if (wanted !== null && options.readings !== undefined) return sendBody(options.readings, wanted, response);
      return rest(request, response);
    }
    if (request.method === 'POST') return refuse(response, { status: 405, message: 'This method is not allowed here.' });
    if (target.startsWith('/open/')) {
      const refusal = request.method === 'GET' ? refuseCrossSite(request) : usedTicket;
      if (refusal !== null) return refuse(response, refusal);
      if (options.tickets?.redeem(target.slice('/open/'.length)) !== true) return refuse(response, usedTicket);
      // The fragment goes to the window and nowhere else.
      response.writeHead(302, { ...commonHeaders, 'Cache-Control': 'no-store', Location: `/#token=${token}` });
      response.end();
      return;
    }
    return serveStatic(response, { root: options.rendererDir, path: target, port, head: request.method === 'HEAD' });
  };

  const server = createServer(
    { headersTimeout: limits.apiHeadMillis, connectionsCheckingInterval: limits.apiHeadMillis },
    (request, response) => {
      serve(request, response).catch((error: unknown) => {
        options.report(error);
        response.destroy();
      });
    },
  );
  server.maxConnections = limits.apiConnections;
  server.on('upgrade', (request, socket, head) => {
    const target = (request.url ?? '').split('?', 1)[0];
    const refusal: Refusal | null =
      refuseForeign(request, port) ??
      refuseCrossSite(request) ??
      (target === '/ws' ? refuseWithoutSubprotocol(request, token) : { status: 403, message: 'WebSockets are served at /ws.' });
    if (refusal === null) sockets.accept(request, socket, head);
    else refuseUpgrade(socket, refusal);
  });
  // Without a listener Node would answer CONNECT by closing as well, but only after it had emitted it to nobody.
  server.on('connect', (_request, socket) => refuseUpgrade(socket, { status: 405, message: 'This is no proxy.' }));

  const preferred = options.preferredPort ?? 0;
  // Whatever keeps it from that port, another one does as well.
  port = await listen(server, preferred).catch((error: unknown) => (preferred === 0 ? Promise.reject(error) : listen(server, 0)));
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    token,
    clients: () => sockets.clients,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        sockets.close();
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
