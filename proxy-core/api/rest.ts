import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyRouter } from '@orpc/server';
import { limits } from '../limits.ts';
import { refuse } from './refuse.ts';
import { errorInterceptor } from './router.ts';
import { commonHeaders, inertPolicy } from './static.ts';

/**
 * The REST form of the operations, below `/api`. Answers are JSON, or an event stream of JSON; captured bytes travel in them as
 * base64, so that no browser ever takes one for a page.
 */
export function createRest(
  router: AnyRouter,
  report: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  // Loaded with the first call: neither the window nor the command uses REST, and it takes a tenth of a second.
  const load = async (): Promise<(request: IncomingMessage, response: ServerResponse) => Promise<boolean>> => {
    const { OpenAPIHandler } = await import('@orpc/openapi/node');
    const handler = new OpenAPIHandler(router, { clientInterceptors: [errorInterceptor(report)] });
    return async (request, response) => (await handler.handle(request, response, { prefix: '/api' })).matched;
  };
  let loaded: ReturnType<typeof load> | null = null;

  return async (request, response) => {
    for (const [name, value] of Object.entries(commonHeaders)) response.setHeader(name, value);
    response.setHeader('Content-Security-Policy', inertPolicy);
    response.setHeader('Cache-Control', 'no-store');
    const body = await readBody(request);
    if (body === null) {
      return refuse(response, { status: 413, message: `A request may have ${limits.apiRequestBytes} bytes at most.` });
    }
    if (body.length > 0 && !/^application\/json(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
      return refuse(response, { status: 415, message: 'Send JSON, with `Content-Type: application/json`.' });
    }
    try {
      // oRPC takes a body that was read already; a header could otherwise make it read a file or a form.
      Object.assign(request, { body: body.length === 0 ? undefined : (JSON.parse(body.toString('utf8')) as unknown) });
    } catch {
      return refuse(response, { status: 400, message: 'The request is no valid JSON.' });
    }
    loaded ??= load();
    const handle = await loaded;
    if (!(await handle(request, response))) refuse(response, { status: 404, message: 'There is no such operation.' });
  };
}

/** The whole body, or null when it is longer than allowed. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > limits.apiRequestBytes) return null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.apiRequestBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
