import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { products } from './goods.ts';
import { between, oneOf } from './respond.ts';

interface Call {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Customers that are in the shop at a time. */
const CUSTOMERS = 3;

/** Keeps a few customers walking through the shop, by way of the inbound listener, for as long as the process lives. */
export function driveCustomers(inbound: { host: string; port: number }): void {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CUSTOMERS + 1 });
  const visit = async (call: Call): Promise<string> => {
    try {
      return await send(agent, inbound, call);
    } catch {
      return ''; // Capture was switched off: the customer just comes back later.
    }
  };
  for (let n = 0; n < CUSTOMERS; n++) void customer(visit);
  void probe(visit);
}

async function customer(visit: (call: Call) => Promise<string>): Promise<never> {
  for (;;) {
    await delay(between(800, 3_000));
    await visit({ method: 'GET', path: '/' });
    await visit({ method: 'GET', path: '/logo.png' });
    const word = oneOf(['', 'tea', 'pot', 'cup', 'brûlée']);
    await visit({ method: 'GET', path: `/api/products${word === '' ? '' : `?q=${encodeURIComponent(word)}`}` });
    await delay(between(700, 2_500));
    const { sku } = oneOf(products as [(typeof products)[number]]);
    await visit({ method: 'GET', path: `/api/products/${Math.random() < 0.08 ? 'tea-999' : sku}` });
    if (Math.random() < 0.3) continue;
    const login = await visit({
      method: 'POST',
      path: '/api/login',
      body: { user: oneOf(['ann', 'bob', 'carla']), password: 'correct horse battery' },
    });
    const token = /"token":"([^"]+)"/.exec(login)?.[1] ?? '';
    await visit({ method: 'GET', path: '/api/cart', headers: Math.random() < 0.15 ? {} : { Authorization: `Bearer ${token}` } });
    await delay(between(900, 3_000));
    const card = Math.random() < 0.15 ? 'tok_declined' : 'tok_visa';
    await visit({
      method: 'POST',
      path: '/api/orders',
      // As a gateway in front of the shop would.
      headers: { Authorization: `Bearer ${token}`, traceparent: traceparent() },
      body: { sku, quantity: between(1, 3), card, note: 'für Zoë 🎁' },
    });
    if (Math.random() < 0.2) await visit({ method: 'GET', path: '/api/reports/sales?from=2026-11-01' });
    if (Math.random() < 0.2) await visit({ method: 'POST', path: '/api/newsletter', body: { email: 'ann@example.org' } });
  }
}

/** The beginning of a trace (W3C Trace Context 3.2). */
function traceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
}

/** What an orchestrator does all day; hidden as noise in the list. */
async function probe(visit: (call: Call) => Promise<string>): Promise<never> {
  for (;;) {
    await visit({ method: 'GET', path: '/healthz', headers: { 'User-Agent': 'kube-probe/1.31' } });
    await delay(5_000);
  }
}

function send(agent: http.Agent, inbound: { host: string; port: number }, call: Call): Promise<string> {
  const text = call.body === undefined ? undefined : JSON.stringify(call.body);
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        agent,
        ...inbound,
        method: call.method,
        path: call.path,
        headers: {
          Host: 'shop.local',
          'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
          Accept: '*/*',
          'Accept-Encoding': 'gzip, br',
          ...(text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) }),
          ...call.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}
