import { once } from 'node:events';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { barriers } from '../support/axe.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type Display, startDisplay } from '../support/display.ts';
import { test as base, expect } from '../support/fixtures.ts';
import { messages, row } from '../support/window.ts';

const test = base.extend<{ display: Display }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
  display: async ({}, use) => {
    const display = await startDisplay();
    await use(display);
    await display.close();
  },
  environment: async ({ display, home }, use) => {
    await use({ DISPLAY: display.name, HOME: home, SHELL: '/bin/bash', TERMINAL: 'xterm' });
  },
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a browser and a terminal are opened with one click each, and closed with the capture', async ({ window, api, home }) => {
  let secure = 0;
  const answer: RequestListener = (request, response) => {
    const html = request.url === '/';
    response.setHeader('Content-Type', html ? 'text/html' : 'text/javascript');
    response.end(html ? `<title>Shop</title><script src="https://localhost:${secure}/secure.js"></script>` : '1');
  };
  const { key, certificate } = await makeCertificate('localhost');
  const servers = [createServer(answer), createSecureServer({ key, cert: certificate }, answer)];
  const [plain = 0, tls = 0] = await Promise.all(servers.map(listen));
  secure = tls;
  writeFileSync(join(home, '.bashrc'), `PROMPT_COMMAND='unset PROMPT_COMMAND; curl -sS http://localhost:${plain}/from-terminal'\n`);

  const panel = window.getByRole('region', { name: 'Local app' });
  await panel.getByLabel('Port or URL of your app').fill(String(plain));
  await panel.getByText('Options').click();
  await panel.getByLabel('In port').fill('0');
  await panel.getByLabel('Out port').fill('0');
  await panel.getByLabel('Accept invalid server certificates').check();

  // From the first screen: capture goes on by itself, and the browser shows the application.
  await window.getByRole('main').getByRole('button', { name: 'Open Chromium under capture' }).click();
  await expect(row(window, '/secure.js').first()).toContainText('200', { timeout: 30_000 });
  const source = window.getByRole('region', { name: 'Terminal and browsers' });
  const opened = source.getByRole('list', { name: 'Opened under capture' });
  await expect(opened).toContainText('Chromium');
  expect((await api.status()).capture).toMatchObject({ state: 'on', app: `http://localhost:${plain}` });

  await source.getByRole('button', { name: 'Open a terminal under capture' }).click();
  await expect(row(window, '/from-terminal').first()).toContainText('200');
  await expect(opened.getByRole('listitem')).toHaveCount(2);
  expect(await barriers(window)).toEqual([]);

  await opened.getByRole('button', { name: 'Close Chromium' }).click();
  await expect(opened.getByRole('listitem')).toHaveCount(1);
  await window.getByRole('switch', { name: 'Capture the local app' }).click();
  await expect(opened).toHaveCount(0);
  expect((await api.status()).launched).toEqual([]);
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

test('a terminal that its user leaves is shown as ended', async ({ window, home }) => {
  writeFileSync(join(home, '.bashrc'), `PROMPT_COMMAND='exit'\n`);
  const panel = window.getByRole('region', { name: 'Local app' });
  await panel.getByText('Options').click();
  await panel.getByLabel('In port').fill('0');
  await panel.getByLabel('Out port').fill('0');
  await window.keyboard.press('Control+k');
  await window.getByRole('combobox', { name: /command/i }).fill('terminal under');
  await window.keyboard.press('Enter');
  const opened = window.getByRole('list', { name: 'Opened under capture' });
  await expect(opened).toContainText('ended');
  await opened.getByRole('button', { name: 'Remove xterm' }).click();
  await expect(opened).toHaveCount(0);
});

test.describe('without Firefox', () => {
  test.use({
    environment: async ({ display, home }, use) => {
      const PATH = join(home, 'programs');
      mkdirSync(PATH, { recursive: true });
      const programs = readdirSync('/usr/bin').filter((name) => !name.startsWith('firefox'));
      for (const name of programs) symlinkSync(join('/usr/bin', name), join(PATH, name));
      await use({ DISPLAY: display.name, HOME: home, PATH });
    },
  });

  test('the window says what to install', async ({ window, inbound: _capturing }) => {
    const source = window.getByRole('region', { name: 'Terminal and browsers' });
    await source.getByRole('button', { name: 'Open Firefox under capture' }).click();
    await expect(messages(window)).toContainText('No Firefox was found on this machine. Install Firefox.');
  });
});
