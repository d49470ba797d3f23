import type { Page } from '@playwright/test';
import { runContainer } from '../../test/docker/support/containers.ts';
import { type Dockerd, startDockerd } from '../../test/docker/support/dockerd.ts';
import { barriers } from '../support/axe.ts';
import type { EngineApi } from '../support/engine.ts';
import { test as base, expect } from '../support/fixtures.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { cell, openDetail, row, rows, watch } from '../support/window.ts';

interface DockerFixtures {
  /** A daemon of its own: all that it holds is compared. */
  dockerd: Dockerd;
  shop: Shop;
}

const test = base.extend<object, DockerFixtures>({
  dockerd: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads from the pattern what a fixture needs: nothing
    async ({}, use) => {
      const dockerd = await startDockerd();
      await use(dockerd);
      await dockerd.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  shop: [
    async ({ dockerd }, use) => {
      const shop = await openShop(dockerd);
      await use(shop);
      await shop.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  // The shop is there before the window opens.
  environment: async ({ dockerd, shop: _shop }, use) => {
    await use({ DOCKER_HOST: dockerd.host });
  },
});

/** The agent's image is made by the first capture and stays: what is compared later is what one more capture leaves. */
async function madeImage(api: EngineApi, { backend }: Shop): Promise<void> {
  await api.switchContainer(backend.name, true);
  await api.switchContainer(backend.name, false);
}

const switchOf = (window: Page, name: string) => window.getByRole('switch', { name: `Capture ${name}`, exact: true });

test('a compose project is switched on, seen both ways, and switched off without a trace', async ({ window, api, shop }) => {
  const seen = watch(window);
  await madeImage(api, shop);
  const before = await shop.state();
  const project = window.getByRole('checkbox', { name: 'Capture project shop', exact: true });
  await expect(project).not.toBeChecked();

  await project.click();
  await expect(switchOf(window, 'shop-web-1')).toBeChecked();
  await expect(window.getByTitle('Inbound: port 8080')).toHaveCount(2);
  expect((await api.containers()).map(({ capture }) => capture.state)).toEqual(['on', 'on']);
  expect(await shop.order('/orders/1')).toBe('backend /orders/1');

  await expect(rows(window)).toHaveCount(3);
  const arrived = rows(window).filter({ has: window.getByRole('img', { name: 'in', exact: true }) });
  // Both began within a millisecond or so, and two agents tell of them.
  await expect
    .poll(async () => (await arrived.locator('[data-column="source"]').allTextContents()).toSorted())
    .toEqual(['backend', 'web']);
  const left = rows(window).filter({ has: window.getByRole('img', { name: 'out', exact: true }) });
  await expect(left.locator('[data-column="source"]')).toHaveText('web');
  await expect(left.locator('[data-column="host"]')).toHaveText('backend:8080');
  await expect(left.locator('[data-column="location"]')).toHaveText('/orders/1');
  await expect(left.locator('[data-column="status"]')).toHaveText('200');

  await project.click();
  await expect(project).not.toBeChecked();
  await expect(switchOf(window, 'shop-web-1')).not.toBeChecked();
  await expect.poll(async () => (await api.containers()).map(({ capture }) => capture.state)).toEqual(['off', 'off']);
  expect(await shop.state()).toEqual(before);
  expect(await shop.order('/orders/2')).toBe('backend /orders/2');
  await api.flush();
  await expect(rows(window)).toHaveCount(3);
  expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
});

test('a container’s name filters the list, and a call leads to its other end', async ({ window, api, shop }) => {
  await api.switchContainer('shop-web-1', true);
  await api.switchContainer('shop-backend-1', true);
  await shop.order('/both');
  await expect(rows(window)).toHaveCount(3);

  const backend = window.getByRole('button', { name: 'backend', exact: true });
  await backend.click();
  await expect(rows(window)).toHaveCount(1);
  await expect(window.getByRole('combobox', { name: 'Filter' })).toHaveValue('source=shop-backend-1');
  await expect(backend).toHaveAttribute('aria-pressed', 'true');
  const detail = await openDetail(window, '/both');
  await expect(detail).toContainText(/From\s*web \(/);
  await expect(detail).toContainText('Also captured leaving web');
  await backend.click();
  await expect(rows(window)).toHaveCount(3);

  await detail.getByRole('button', { name: /^Show pair \d+$/ }).click();
  await expect(detail).toContainText('Also captured arriving at backend');

  expect(await shop.order('/further')).toBe('web /end');
  await window.getByRole('button', { name: '5 new' }).click();
  await row(window, '/further')
    .filter({ has: window.getByRole('img', { name: 'in', exact: true }) })
    .filter({ hasText: 'web' })
    .click();
  await detail.getByRole('tab', { name: 'Caused' }).click();
  const calls = detail.getByRole('table', { name: 'What the request caused' });
  await expect(calls.getByRole('button', { name: /GET \/further.*arrived in backend/ })).toBeVisible();
  const there = calls.getByRole('button', { name: /GET \/end.*arrived in web/ });
  await expect(there).toBeVisible();
  expect(await barriers(window)).toEqual([]);
  await calls.getByRole('button', { name: 'What it caused in shop-backend-1' }).click();
  await expect(there).toBeHidden();
});

test('TLS that is not trusted is said so, and one click has it read', async ({ window, api, shop }) => {
  const { web, payPort } = shop;
  await api.switchContainer(web.name, true);
  const pay = (path: string) => web.exec(['curl', '-sS', `https://pay.test:${payPort}${path}`]);
  await pay('/unread');
  // The application never sees an error twice.
  expect(await pay('/again')).toEqual({ code: 0, stdout: 'paid /again', stderr: '' });
  await expect(cell(window, 'pay.test', 'location').first()).toContainText('TLS, not trusted by this container');
  await expect(window.getByText('TLS not trusted')).toBeVisible();
  expect(await barriers(window)).toEqual([]);

  await cell(window, 'pay.test', 'location').first().getByRole('button', { name: 'Fix' }).click();
  const dialog = window.getByRole('dialog', { name: 'TLS of shop-web-1' });
  await expect(dialog).toContainText(`pay.test:${payPort}`);
  await dialog.getByRole('button', { name: 'Add it', exact: true }).click();
  await expect(dialog.getByRole('button', { name: 'Undo' })).toBeVisible();
  await window.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(await pay('/read')).toEqual({ code: 0, stdout: 'paid /read', stderr: '' });
  await expect(row(window, '/read').locator('[data-column="status"]')).toHaveText('200');

  await window.getByRole('button', { name: 'Show: TLS of shop-web-1' }).click();
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await expect(dialog.getByRole('button', { name: 'Undo' })).toBeHidden();
  const trusted = async (): Promise<number> => {
    const { stdout } = await web.exec(['cat', '/etc/ssl/certs/ca-certificates.crt']);
    return stdout.match(/BEGIN CERTIFICATE/g)?.length ?? 0;
  };
  await expect.poll(trusted).toBe(1);
});

test('a container on the host’s network says why it cannot be captured, and what to do', async ({ window, dockerd, shop }) => {
  const { Image } = await shop.web.container.inspect();
  const edge = await runContainer(dockerd, {
    image: Image,
    name: 'edge',
    command: ['sleep', '1000'],
    hostConfig: { NetworkMode: 'host' },
  });
  try {
    await window.getByRole('button', { name: 'Why edge cannot be captured' }).click();
    await expect(window.getByRole('dialog', { name: 'edge cannot be captured' })).toContainText('host’s own network');
    await window.getByRole('button', { name: 'Route its traffic here' }).click();
    await expect(window.getByRole('dialog', { name: 'Route traffic here' })).toBeVisible();
  } finally {
    await edge.remove();
  }
});
