import { createServer } from 'node:http';

/**
 * A small service as there are many: JSON over HTTP, some work per request, no I/O behind it. `GET /orders?customer=C&limit=N` answers a customer's newest orders
 * with their sums, some 2 KB, out of two thousand that are held in memory. Prints its port when it listens; takes it from PORT.
 */

interface Order {
  id: string;
  customer: number;
  placedAt: string;
  lines: { sku: string; quantity: number; cents: number }[];
}

const CUSTOMERS = 100;

const orders: Order[] = Array.from({ length: 2_000 }, (_, index) => ({
  id: `order-${String(index).padStart(6, '0')}`,
  customer: index % CUSTOMERS,
  placedAt: new Date(Date.UTC(2026, 0, 1) + index * 3_600_000).toISOString(),
  lines: Array.from({ length: 1 + (index % 3) }, (_line, line) => ({
    sku: `sku-${String((index * 7 + line) % 500)}`,
    quantity: 1 + ((index + line) % 4),
    cents: 199 + ((index * 37 + line * 11) % 9_000),
  })),
}));

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://orders');
  if (url.pathname !== '/orders') {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    return;
  }
  const customer = Number(url.searchParams.get('customer') ?? 0);
  const found = orders
    .filter((order) => order.customer === customer)
    .toSorted((one, other) => other.placedAt.localeCompare(one.placedAt))
    .slice(0, Number(url.searchParams.get('limit') ?? 10))
    .map(({ id, placedAt, lines }) => ({
      id,
      placedAt,
      lines,
      totalCents: lines.reduce((sum, { quantity, cents }) => sum + quantity * cents, 0),
    }));
  const body = JSON.stringify({ customer, count: found.length, orders: found });
  response
    .writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    })
    .end(body);
});
server.listen(Number(process.env['PORT'] ?? 0), () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
