import { createHmac, randomBytes } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Backends } from './backends.ts';
import { logoPng, pageHtml, products } from './goods.ts';
import { between, readJson, sendJson } from './respond.ts';
import type { UpstreamClient } from './upstream-client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void> | void;

let orders = 1_000;

/** The shop: what a developer would be working on. Behaves like a real service does: mostly well, sometimes slow, now and then wrong. */
export function createShop(upstreams: UpstreamClient, backends: Backends): http.Server {
  const routes: Record<string, Handler> = {
    'GET /': (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
      response.end(pageHtml());
    },
    'GET /logo.png': (_, response) => {
      response.writeHead(200, { 'Content-Type': 'image/png', 'Cache-Control': 'max-age=3600', 'Content-Length': logoPng.length });
      response.end(logoPng);
    },
    'GET /healthz': (_, response) => sendJson(response, 200, { ok: true }),
    'GET /api/products': async (_, response, url) => {
      const query = url.searchParams.get('q')?.toLowerCase() ?? '';
      const found = products.filter((product) => product.name.toLowerCase().includes(query));
      const cached = await backends.cache('GET', `catalogue:${query}`);
      if (cached === null) {
        await backends.query('SELECT sku, name, cents FROM product WHERE lower(name) LIKE $1 ORDER BY name', [`%${query}%`]);
        await backends.cache('SET', `catalogue:${query}`, JSON.stringify(found), 'EX', 10);
      }
      const zipped = gzipSync(JSON.stringify({ products: found }));
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', 'Content-Length': zipped.length });
      response.end(zipped);
    },
    'POST /api/login': async (request, response) => {
      const { user } = await readJson(request);
      await delay(between(20, 60));
      const session = between(1e9, 9e9).toString(36);
      await backends.cache('SET', `session:${session}`, String(user), 'EX', 600);
      sendJson(
        response,
        200,
        { token: signToken(String(user)) },
        { 'Set-Cookie': `sid=${session}; Path=/; HttpOnly; SameSite=Lax` },
      );
    },
    'GET /api/cart': (request, response) => {
      if (request.headers.authorization === undefined) sendJson(response, 401, { error: 'sign in first' });
      else sendJson(response, 200, { items: [{ sku: 'tea-101', quantity: between(1, 3) }], total: between(5, 90) });
    },
    'POST /api/orders': (request, response) => order(upstreams, backends, request, response),
    'GET /api/reports/sales': async (_, response) => {
      await delay(between(700, 1_600));
      response.writeHead(200, { 'Content-Type': 'text/csv', 'Transfer-Encoding': 'chunked' });
      response.write('day,orders,revenue\n');
      for (let day = 1; day <= 14; day++)
        response.write(`2026-11-${String(day).padStart(2, '0')},${String(between(20, 90))},${String(between(900, 4_000))}\n`);
      response.end();
    },
    'POST /api/newsletter': (_, response) => {
      response.writeHead(204).end();
    },
  };
  return http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://shop.local');
    response.setHeader('X-Powered-By', 'Express');
    const product = /^\/api\/products\/([\w-]+)$/.exec(url.pathname)?.[1];
    const handler =
      product === undefined
        ? (routes[`${request.method ?? ''} ${url.pathname}`] ??
          (() => sendJson(response, 404, { error: `nothing at ${url.pathname}` })))
        : () => productPage(upstreams, backends, product, response);
    Promise.resolve(handler(request, response, url)).catch((error: unknown) => sendJson(response, 500, { error: String(error) }));
  });
}

/** A trace goes on with what the shop calls, and into the comments of its statements (google.github.io/sqlcommenter). */
function traceOf({ headers }: IncomingMessage): { headers: Record<string, string>; comment: string } {
  const trace = /^00-([0-9a-f]{32})-/.exec(String(headers['traceparent'] ?? ''))?.[1];
  if (trace === undefined) return { headers: {}, comment: '' };
  const traceparent = `00-${trace}-${randomBytes(8).toString('hex')}-01`;
  return { headers: { traceparent }, comment: ` /*traceparent='${traceparent}'*/` };
}

async function productPage(upstreams: UpstreamClient, backends: Backends, sku: string, response: ServerResponse): Promise<void> {
  const product = products.find((one) => one.sku === sku);
  if (product === undefined) {
    sendJson(response, 404, { error: `no product ${sku}` });
    return;
  }
  const stock = await upstreams.call('stock', 'GET', `/stock/${sku}`, {});
  sendJson(response, 200, { ...product, stock: JSON.parse(stock.body) as unknown, reviews: await reviewsOf(backends, sku) });
}

/** Reads the author of each review by itself: what a mapper does when nobody looks, and what Sidetap should show. */
async function reviewsOf(backends: Backends, sku: string): Promise<{ body: string; author: string }[]> {
  const reviews = (await backends.query('SELECT id, customer_id, body FROM review WHERE sku = $1 ORDER BY id', [sku])) ?? [];
  const found: { body: string; author: string }[] = [];
  for (const { customer_id: customer, body } of reviews) {
    const rows = await backends.query('SELECT name FROM customer WHERE id = $1', [Number(customer)]);
    found.push({ body: body ?? '', author: rows?.[0]?.['name'] ?? '' });
  }
  return found;
}

async function order(
  upstreams: UpstreamClient,
  backends: Backends,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const trace = traceOf(request);
  const { sku, quantity, card } = await readJson(request);
  const stock = await upstreams.call('stock', 'GET', `/stock/${String(sku)}`, trace.headers);
  if (stock.status !== 200) {
    sendJson(response, 409, { error: 'not in stock' });
    return;
  }
  if (Math.random() < 0.05) throw new Error('deadlock detected while writing the order');
  const amount = (products.find((product) => product.sku === sku)?.cents ?? 500) * Number(quantity);
  const charge = await upstreams.call(
    'payments',
    'POST',
    '/v1/charges',
    { ...trace.headers, Authorization: 'Bearer sk_demo_51Hx9vQ2eZvKYlo2C' },
    { amount, currency: 'eur', card },
  );
  orders += 1;
  if (charge.status === 200) {
    await backends.session(async (query) => {
      await query(`BEGIN${trace.comment}`);
      await query(`INSERT INTO orders (sku, quantity, payment) VALUES ($1, $2, $3) RETURNING id${trace.comment}`, [
        String(sku),
        Number(quantity),
        'visa',
      ]);
      await query(`COMMIT${trace.comment}`);
    });
    await backends.cache('DEL', `cart:${String(sku)}`);
  }
  if (charge.status === 200)
    sendJson(
      response,
      201,
      { order: orders, amount, payment: JSON.parse(charge.body) as unknown },
      { Location: `/api/orders/${String(orders)}` },
    );
  else sendJson(response, 402, { error: 'payment declined' });
}

/** A JSON Web Token with a key that is worth nothing (RFC 7519). */
function signToken(user: string): string {
  const now = Math.floor(Date.now() / 1000);
  const body = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub: user, role: 'customer', iat: now, exp: now + 3_600 })}`;
  return `${body}.${createHmac('sha256', 'demo').update(body).digest('base64url')}`;
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
