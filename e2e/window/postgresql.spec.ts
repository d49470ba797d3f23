import { runClient } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { type RealServer, startPostgres } from '../support/servers.ts';
import { cell, openDetail, rows, typeFilter } from '../support/window.ts';

let server: RealServer;

test.beforeAll(async () => {
  server = await startPostgres();
});
test.afterAll(() => server.stop());

async function psql(port: string, ...statements: readonly string[]): Promise<void> {
  const commands = statements.flatMap((statement) => ['-c', statement]);
  await runClient('psql', ['-h', '127.0.0.1', '-p', port, '-U', 'postgres', '-X', ...commands]);
}

test('statements are read: SQL in lines, rows as a table, errors in red', async ({ window, api }) => {
  const { inbound } = await api.startCapture(server.port);
  const port = new URL(inbound?.url ?? '').port;
  await psql(
    port,
    'create table shop (id int, name text)',
    "insert into shop select g, 'item ' || g from generate_series(1, 300) g",
    "select id, name, null as nothing from shop where name like 'item%' and id > 1 order by id limit 250",
    'select missing from shop',
  );

  await expect(cell(window, 'Connect', 'technology')).toContainText('PostgreSQL');
  await expect(cell(window, 'select missing', 'status')).toContainText('ERR:42703');
  const detail = await openDetail(window, 'select id, name');
  await detail.getByRole('tab', { name: 'Request' }).click();
  await expect(detail.locator('pre')).toHaveText(
    "select id, name, null as nothing\nfrom shop\nwhere name like 'item%'\n  and id > 1\norder by id\nlimit 250",
  );
  await detail.getByRole('tab', { name: 'Response' }).click();
  await expect(detail.getByRole('row', { name: '2 item 2 null', exact: true })).toBeVisible();
  await expect(detail).toContainText('250 rows');
  await detail.getByRole('button', { name: 'Next rows' }).click();
  await expect(detail.getByRole('row', { name: '251 item 251 null' })).toBeVisible();
  await detail.getByRole('tab', { name: 'Raw' }).click();
  await expect(detail.getByRole('button', { name: /Query select id, name/ })).toBeVisible();

  await detail.getByRole('tab', { name: 'Overview' }).click();
  await expect(detail).toContainText(/PostgreSQL \d+/);
  await typeFilter(window, 'sql:"from shop" status:ERR');
  await expect(rows(window)).toHaveCount(1);
});
