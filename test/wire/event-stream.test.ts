import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { cleanUp, onCleanUp, startTestCapture, type TestCapture } from '../capture/support.ts';
import { readerOf } from './support/stream.ts';

afterEach(cleanUp);

/** A server that answers with a stream, which the test writes. */
async function startStreams(): Promise<{
  captured: TestCapture;
  open: () => Promise<{ answer: IncomingMessage; stream: ServerResponse }>;
}> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const captured = await startTestCapture({ app: { tls: false, host: '127.0.0.1', port: (server.address() as AddressInfo).port } });
  const open = async (): Promise<{ answer: IncomingMessage; stream: ServerResponse }> => {
    const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const request = get({ port: captured.inPort, path: '/events', agent: false });
    const [, stream] = await asked;
    stream.writeHead(200, { 'content-type': 'text/event-stream' });
    stream.write('event: tick\nid: 1\ndata: {"n":1}\n\n');
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    await once(answer, 'data');
    // The test ends some of them in the middle.
    answer.on('error', () => undefined);
    return { answer, stream };
  };
  return { captured, open };
}

test('events are there while the response goes on, and its end is told', async () => {
  const { captured, open } = await startStreams();
  const { answer, stream } = await open();
  const live = await captured.sink.find((pair) => pair.state === 'open' && pair.arrivals.length > 0);
  expect(readerOf(live).conversation).toMatchObject({
    open: true,
    end: '',
    messages: [{ kind: 'tick', label: '#1', preview: '{"n":1}' }],
  });
  const more = once(answer, 'data');
  stream.write('data: two\n\n');
  await more;
  answer.resume();
  stream.end();
  await once(answer, 'end');
  const { conversation } = readerOf(await captured.sink.done());
  expect(conversation).toMatchObject({ open: false, total: 2, end: 'The server ended the stream.' });
  const [first, second] = conversation.messages.map(({ atMs }) => atMs ?? -1);
  expect(first).toBeGreaterThan(0);
  expect(second).toBeGreaterThan(first ?? 0);
});

test('a client that leaves, and a server that breaks off, are told apart', async () => {
  const { captured, open } = await startStreams();
  (await open()).answer.destroy();
  const left = await captured.sink.done();
  expect(readerOf(left).conversation.end).toMatch(/^The client (?:closed|reset) the connection\.$/);
  (await open()).stream.destroy();
  const broken = await captured.sink.done((pair) => pair.id > left.id);
  expect(readerOf(broken).conversation.end).toBe('The server closed the connection before the stream was complete.');
});
