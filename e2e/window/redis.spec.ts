import { cleanUp } from '../../test/capture/support.ts';
import { startKafkaBroker } from '../../test/wire/support/kafka-broker.ts';
import { runClient } from '../support/clients.ts';
import type { EngineApi } from '../support/engine.ts';
import { expect, test } from '../support/fixtures.ts';
import { type RealServer, startRedis } from '../support/servers.ts';
import { cell, openDetail, row, rows, typeFilter } from '../support/window.ts';

let server: RealServer;

test.beforeAll(async () => {
  server = await startRedis();
});
test.afterAll(async () => {
  await server.stop();
  await cleanUp();
});

async function redis(port: string, ...commands: readonly string[]): Promise<void> {
  const { code, stderr } = await runClient('redis-cli', ['-p', port], `${commands.join('\n')}\n`);
  expect(code, stderr).toBe(0);
}

/** Writes a record with kcat and reads it again; the broker sends clients to the capture. */
async function kafka(api: EngineApi): Promise<void> {
  const broker = await startKafkaBroker();
  const { inbound } = await api.startCapture(broker.port);
  broker.advertised = Number(new URL(inbound?.url ?? '').port);
  const kcat = (...args: readonly string[]) => ['-b', `127.0.0.1:${broker.advertised}`, '-t', 'orders', '-K:', ...args];
  const record = 'user-1:{"total":5}\n';
  const wrote = await runClient('kcat', kcat('-P'), record);
  expect(wrote.code, wrote.stderr).toBe(0);
  const read = await runClient('kcat', kcat('-C', '-e', '-q', '-X', 'fetch.wait.max.ms=50'));
  expect(String(read.stdout), read.stderr).toBe(record);
}

test('commands of Redis and records of Kafka are read: in the list, in the detail and beside their bytes', async ({
  window,
  api,
}) => {
  const { inbound } = await api.startCapture(server.port);
  const port = new URL(inbound?.url ?? '').port;
  await redis(
    port,
    'SET user:1 "{\\"name\\":\\"Ada\\",\\"admin\\":true}"',
    'GET user:1',
    'HSET cart:7 apples 3 pears 5',
    'HGETALL cart:7',
    'LPUSH user:1 x',
    'AUTH nobody hunter2-secret',
  );

  await expect(cell(window, 'HGETALL', 'technology')).toContainText('Redis');
  await expect(cell(window, 'LPUSH', 'status')).toContainText('ERR:WRONGTYPE');
  const detail = await openDetail(window, 'HGETALL');
  await expect(detail).toContainText('cart:7');
  await detail.getByRole('tab', { name: 'Response' }).click();
  await expect(detail.getByRole('row', { name: 'apples 3' })).toBeVisible();

  await row(window, 'SET').filter({ hasText: 'user:1' }).first().click();
  await detail.getByRole('tab', { name: 'Request' }).click();
  await expect(detail.getByRole('region', { name: 'What was asked' })).toContainText('SET user:1');
  await expect(detail.getByRole('treeitem', { name: /Ada/ }).or(detail.getByText('"Ada"')).first()).toBeVisible();

  await detail.getByRole('tab', { name: 'Raw' }).click();
  await detail.getByRole('button', { name: /Bulk string user:1/ }).click();
  await expect(detail.getByRole('button', { name: /Bulk string user:1/ })).toHaveAttribute('aria-pressed', 'true');
  await detail.getByRole('tab', { name: 'cURL & code' }).click();
  await expect(detail).toContainText('A command of Redis is no HTTP request');

  await row(window, 'AUTH').first().click();
  await detail.getByRole('tab', { name: 'Request' }).click();
  await expect(detail.getByRole('region', { name: 'What was asked' })).toContainText('AUTH nobody ***');
  await expect(window.locator('body')).not.toContainText('hunter2-secret');

  await typeFilter(window, 'key:cart');
  await expect(rows(window)).toHaveCount(2);
  await typeFilter(window, 'key:=user:1 status:ERR');
  await expect(rows(window)).toHaveCount(1);

  await api.stopCapture();
  await kafka(api);
  await typeFilter(window, 'topic:orders status:OK');
  await expect(cell(window, 'Produce', 'technology')).toContainText('Kafka');
  await row(window, 'Produce').click();
  const record = detail.getByRole('row', { name: /user-1 \{"total":5\}/ });
  await detail.getByRole('tab', { name: 'Request' }).click();
  await expect(record).toBeVisible();
  await row(window, 'Fetch').first().click();
  await detail.getByRole('tab', { name: 'Response' }).click();
  await expect(record).toBeVisible();
});
