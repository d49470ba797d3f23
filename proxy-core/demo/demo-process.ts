import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { driveCustomers } from './customers.ts';
import type { FromDemo, ToDemo } from './messages.ts';
import { createPayments } from './payments.ts';
import { createShop } from './shop.ts';
import { createStock } from './stock.ts';
import { UpstreamClient } from './upstream-client.ts';

/** The demo's services and its customers, in a process of their own: forked by `demo.ts`, and ending with it. */

const upstreams = new UpstreamClient();

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

async function receive(message: ToDemo): Promise<void> {
  if (message.kind === 'drive') {
    upstreams.useProxy(message.outbound, message.caPem);
    driveCustomers(message.inbound);
    return;
  }
  upstreams.addService('stock', { name: 'stock.internal', port: await listen(createStock()), tls: false });
  upstreams.addService('payments', { name: message.paymentsName, port: await listen(createPayments(message)), tls: true });
  const shopPort = await listen(createShop(upstreams));
  const ready: FromDemo = { kind: 'listening', shopPort };
  process.send?.(ready);
}

process.on('message', (message) => {
  receive(message as ToDemo).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
// The channel closes when the engine ends, however it ends.
process.on('disconnect', () => process.exit(0));
