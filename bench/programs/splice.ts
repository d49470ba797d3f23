import net from 'node:net';

/**
 * The least that a proxy in Node can do: joins two sockets, and knows nothing of what passes. Arguments: upstream port, and `connect` to
 * take a CONNECT from the client first. Prints its port.
 */
const upstreamPort = Number(process.argv[2]);
const takesConnect = process.argv[3] === 'connect';

const server = net.createServer({ noDelay: true }, (client) => {
  const upstream = net.connect({ port: upstreamPort, host: '127.0.0.1', noDelay: true });
  for (const socket of [client, upstream]) {
    socket.on('error', () => {
      client.destroy();
      upstream.destroy();
    });
  }
  if (takesConnect) {
    client.once('data', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      join(client, upstream);
    });
  } else {
    join(client, upstream);
  }
});

function join(client: net.Socket, upstream: net.Socket): void {
  forward(client, upstream);
  forward(upstream, client);
}

function forward(from: net.Socket, to: net.Socket): void {
  from.on('data', (bytes) => {
    if (to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.on('end', () => to.end());
}

server.listen({ port: 0, host: '127.0.0.1', backlog: 20_000 }, () => console.log((server.address() as net.AddressInfo).port));
