import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { Backends } from './backends.ts';
import { driveCustomers } from './customers.ts';
import type { FromDemo, ToDemo } from './messages.ts';
import { createPayments } from './payments.ts';
import { createShop } from './shop.ts';
import { createStock } from './stock.ts';
import { UpstreamClient } from './upstream-client.ts';

/** The demo's services and its customers, on a thread of their own: started by `demo.ts`, and ending with it. */

const upstreams = new UpstreamClient();
const backends = new Backends((port) => upstreams.connect(port));

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
  if (message.kind === 'backends') {
    backends.use(message.services);
    return;
  }
  upstreams.addService('stock', { name: 'stock.internal', port: await listen(createStock()), tls: false });
  upstreams.addService('payments', { name: message.paymentsName, port: await listen(createPayments(message)), tls: true });
  const shopPort = await listen(createShop(upstreams, backends));
  const ready: FromDemo = { kind: 'listening', shopPort };
  parentPort?.postMessage(ready);
}

parentPort?.on('message', (message: ToDemo) => {
  receive(message).catch((error: unknown) => {
    // Out of the handler, so that it ends the thread: `demo.ts` hears of that.
    setImmediate(() => {
      throw error;
    });
  });
});
