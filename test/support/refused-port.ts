import net from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A port of 127.0.0.1 that refuses connections until the test is over. It is the client's end of a connection: nothing listens there, and
 * the system gives it to nobody else meanwhile, as it might do with the port of a server that was closed.
 */
export async function refusedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const client = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
  const accepted = new Promise<net.Socket>((resolve) => {
    server.once('connection', resolve);
  });
  const other = await accepted;
  onTestFinished(() => {
    client.destroy();
    other.destroy();
    server.close();
  });
  return client.localPort ?? 0;
}
