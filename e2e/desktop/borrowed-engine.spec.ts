import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.ts';
import { curl } from '../support/clients.ts';
import { EngineApi, findEngine } from '../support/engine.ts';
import { expect, test } from '../support/fixtures.ts';
import { dataDirOf, openDesktop } from '../support/surfaces.ts';
import { row } from '../support/window.ts';

test('the app shows the capture that runs in a terminal, leaves it alone, and takes over when it ends', async ({
  home,
  upstream,
}) => {
  const dataDir = dataDirOf(home);
  const ports = ['--in-port', '0', '--out-port', '0'];
  const terminal = spawn(
    process.execPath,
    [join(root, 'dist/cli.js'), 'start', 'capture', '--port', String(upstream.port), ...ports, '--data-dir', dataDir, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(terminal.stdout, 'data')) as [Buffer];
  const { inbound } = JSON.parse(line.toString('utf8').split('\n', 1)[0] ?? '') as { inbound: string };
  await curl(`${inbound}/from-the-terminal`);

  const first = await openDesktop({ home });
  await expect(row(first.page, '/from-the-terminal')).toBeVisible();
  await first.close();
  await curl(`${inbound}/still-captured`);

  const second = await openDesktop({ home });
  await expect(row(second.page, '/still-captured')).toBeVisible();
  const before = findEngine(dataDir);
  expect(before?.pid).toBe(terminal.pid);
  terminal.kill('SIGINT');
  await once(terminal, 'exit');
  await expect(second.page.getByText('The Sidetap that was running before has ended')).toBeVisible();
  await expect(row(second.page, '/still-captured')).toBeVisible();
  expect((await new EngineApi(dataDir).status()).pid).not.toBe(terminal.pid);
  await second.close();
});
