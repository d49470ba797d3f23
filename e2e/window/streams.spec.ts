import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { barriers } from '../support/axe.ts';
import { expect, test } from '../support/fixtures.ts';
import { cell, openDetail, rows, typeFilter } from '../support/window.ts';

let server: Server;
/** The streams that are open, by path. */
const streams = new Map<string, ServerResponse>();

test.beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  await once(request, 'end');
  if (request.url === '/graphql') {
    response.setHeader('content-type', 'application/json');
    response.end('{"data":null,"errors":[{"message":"no","extensions":{"code":"UNAUTHENTICATED"}}]}');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  streams.set(request.url ?? '', response);
}

function send(path: string, ...events: readonly unknown[]): void {
  for (const event of events) streams.get(path)?.write(`data: ${JSON.stringify(event)}\n\n`);
}

const ask = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

test('what a model says is read while it says it, and each event is there', async ({ window, api }) => {
  const { inbound } = await api.startCapture((server.address() as AddressInfo).port);
  const base = inbound?.url ?? '';
  const response = await ask(`${base}/v1/messages`, {
    model: 'claude-x',
    max_tokens: 200,
    stream: true,
    messages: [{ role: 'user', content: 'How is the weather in Oslo?' }],
  });
  send(
    '/v1/messages',
    {
      type: 'message_start',
      message: { type: 'message', model: 'claude-x', content: [], usage: { input_tokens: 1_730, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I will ' } },
  );
  const detail = await openDetail(window, '/v1/messages claude-x');
  await expect(cell(window, '/v1/messages', 'technology')).toContainText('Anthropic API');
  await detail.getByRole('tab', { name: 'Model' }).click();
  await expect(detail.getByRole('region', { name: 'What was asked' })).toContainText('How is the weather in Oslo?');
  const said = detail.getByRole('region', { name: 'What was answered' });
  await expect(said).toContainText('I will');
  await expect(said).toContainText('The answer is still coming.');
  send(
    '/v1/messages',
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'have a look.' } },
    { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', name: 'weather', input: {} } },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"city":"Oslo"}' } },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 46 } },
  );
  await expect(said).toContainText('I will have a look.');
  await expect(said).toContainText('1,730');
  await expect(said).toContainText('Tool weather');
  streams.get('/v1/messages')?.end();
  await response.text();
  await expect(said).not.toContainText('still coming');

  expect(await barriers(window)).toEqual([]);
  await detail.getByRole('tab', { name: 'Events' }).click();
  const list = detail.getByRole('listbox', { name: 'Events' });
  await expect(list.getByRole('option')).toHaveCount(7);
  await detail.getByRole('textbox', { name: 'Find in events' }).fill('tool_use');
  await expect(list.getByRole('option')).toHaveCount(2);
  await expect(detail).toContainText('The server ended the stream.');
});

test('errors inside of HTTP are found, and so is what was called', async ({ window, api }) => {
  const { inbound } = await api.startCapture((server.address() as AddressInfo).port);
  const url = `${inbound?.url ?? ''}/graphql`;
  await (await ask(url, { operationName: 'GetUser', query: 'query GetUser { user { name } }' })).text();
  await expect(cell(window, '/graphql', 'location')).toHaveText('/graphql query GetUser');
  await expect(cell(window, '/graphql', 'status')).toContainText('200 ERR:UNAUTHENTICATED');
  await typeFilter(window, 'is:error path:=/graphql');
  await expect(rows(window)).toHaveCount(1);
  await typeFilter(window, '-is:error');
  await expect(rows(window)).toHaveCount(0);
});
