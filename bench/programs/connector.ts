import net from 'node:net';

/**
 * Lets wrk, which knows no proxies, use one: opens a connection to the proxy for each of wrk's, sends CONNECT, and joins the two. The
 * same stands before every target, so it weighs on all alike. Arguments: proxy port, authority to ask for (`-` for none). Prints its port.
 */
const proxyPort = Number(process.argv[2]);
const authority = process.argv[3] ?? '-';

const server = net.createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
  const proxy = net.connect({ port: proxyPort, host: '127.0.0.1', noDelay: true });
  for (const socket of [client, proxy]) {
    socket.on('error', () => {
      client.destroy();
      proxy.destroy();
    });
  }
  const join = (): void => {
    client.pipe(proxy);
    proxy.pipe(client);
  };
  if (authority === '-') {
    join();
    return;
  }
  proxy.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  let answer = '';
  const read = (bytes: Buffer): void => {
    answer += bytes.toString('latin1');
    if (!answer.includes('\r\n\r\n')) return;
    proxy.off('data', read);
    if (answer.startsWith('HTTP/1.1 200')) join();
    else client.destroy();
  };
  proxy.on('data', read);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as net.AddressInfo).port));
