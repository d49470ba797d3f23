import net from 'node:net';

/** Takes an HTTP request with a Content-Length, throws its body away, and answers when it has all of it. Prints its port. */
const server = net.createServer((socket) => {
  let expected = -1;
  let head = Buffer.alloc(0);
  let received = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    let body = bytes.length;
    if (expected < 0) {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      expected = Number(/content-length: *(\d+)/i.exec(head.toString('latin1', 0, end))?.[1] ?? 0);
      body = head.length - end - 4;
    }
    received += body;
    if (received < expected) return;
    expected = -1;
    received = 0;
    head = Buffer.alloc(0);
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as net.AddressInfo).port));
