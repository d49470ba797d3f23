import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { barriers } from '../support/axe.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, rows, typeFilter } from '../support/window.ts';

let server: WebSocketServer;
let port = 0;

test.beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
  server.on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
test.afterAll(() => {
  for (const client of server.clients) client.terminate();
  server.close();
});

test('the messages of a WebSocket are read while they come', async ({ window, api }) => {
  const { inbound } = await api.startCapture(port);
  const socket = new WebSocket(`${(inbound?.url ?? '').replace('http', 'ws')}/chat?room=7`, {
    perMessageDeflate: { threshold: 0 },
  });
  await once(socket, 'open');
  const say = async (text: string | Buffer): Promise<void> => {
    const echo = once(socket, 'message');
    socket.send(text);
    await echo;
  };
  await say('{"type":"join","room":7,"user":{"name":"Ada"}}');
  await say(Buffer.from([0, 1, 2, 255]));

  const detail = await openDetail(window, '/chat');
  await expect(detail).toContainText('WebSocket');
  await detail.getByRole('tab', { name: 'Messages' }).click();
  const list = detail.getByRole('listbox', { name: 'Messages' });
  await expect(list.getByRole('option')).toHaveCount(4);
  await expect(detail).toContainText('live');
  await expect(detail).toContainText('Compression: permessage-deflate');

  await say('{"type":"say","text":"still there?"}');
  await expect(list.getByRole('option')).toHaveCount(6);
  await list.getByRole('option', { name: /join/ }).first().click();
  const message = detail.getByRole('region', { name: 'Message', exact: true });
  await expect(message.getByText('"Ada"').first()).toBeVisible();
  await list.press('ArrowDown');
  await list.press('ArrowDown');
  await expect(list.getByRole('option', { selected: true })).toContainText('00 01 02 ff');
  await expect(message.getByRole('document', { name: 'Bytes in hexadecimal' })).toBeVisible();

  await detail.getByRole('textbox', { name: 'Find in messages' }).fill('STILL');
  await expect(list.getByRole('option')).toHaveCount(2);
  await detail.getByRole('radio', { name: 'Client' }).click();
  await expect(list.getByRole('option')).toHaveCount(1);
  await expect(detail).toContainText('1 of 6 messages');
  await detail.getByRole('textbox', { name: 'Find in messages' }).fill('');
  await detail.getByRole('radio', { name: 'All' }).click();

  expect(await barriers(window)).toEqual([]);
  await detail.getByRole('tab', { name: 'Raw' }).click();
  await detail
    .getByRole('button', { name: /text \(compressed, masked\)/ })
    .first()
    .click();
  await expect(detail.getByRole('button', { name: /text \(compressed, masked\)/, pressed: true })).toHaveCount(1);
  await detail.getByRole('tab', { name: 'Messages' }).click();
  await typeFilter(window, 'body:"still there"');
  await expect(rows(window)).toHaveCount(1);
  await typeFilter(window, '');

  socket.close(4000, 'good night');
  await once(socket, 'close');
  await expect(list.getByRole('option').last()).toContainText('4000');
  await expect(detail).toContainText('The client closed it with 4000');
  await expect(detail.getByText('live', { exact: true })).toHaveCount(0);
});
