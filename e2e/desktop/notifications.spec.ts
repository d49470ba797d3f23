import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication } from 'playwright';
import { test as base, expect } from '../support/fixtures.ts';
import { dataDirOf } from '../support/surfaces.ts';

/** Sidetap's CA, as it is at the end of its life. */
function makeOldAuthority(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const [key, certificate] = [join(dataDir, 'ca-key.pem'), join(dataDir, 'ca.pem')];
  const sharp = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-pkeyopt', 'ec_param_enc:named_curve', '-nodes'];
  const asCa = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign', '-subj', '/CN=Sidetap local CA (old)', '-days', '9'];
  execFileSync('openssl', ['req', '-x509', ...sharp, '-keyout', key, '-out', certificate, ...asCa], { stdio: 'ignore' });
}

const test = base.extend({
  environment: async ({ home }, use) => {
    makeOldAuthority(dataDirOf(home));
    await use({});
  },
});

/** Titles of the notifications from now on, as the app hands them to the system. */
async function watchNotifications(app: ElectronApplication): Promise<() => Promise<string[]>> {
  await app.evaluate(({ Notification }) => {
    const titles: string[] = [];
    Object.assign(globalThis, { titles });
    Notification.prototype.show = function show(): void {
      titles.push(this.title);
    };
  });
  return () => app.evaluate(() => (globalThis as unknown as { titles: string[] }).titles);
}

test('a certificate that is about to expire is told of once, in the window and by the system', async ({ surface, window, api }) => {
  const { app } = surface;
  if (app === null) throw new Error('this spec is for the desktop app');
  const titles = await watchNotifications(app);
  await api.startCapture(9);
  await expect(window.getByText(/The Sidetap CA was renewed/)).toBeVisible();
  await expect.poll(titles).toEqual(['Sidetap: The certificate is about to expire']);
  await api.stopCapture();
  await api.startCapture(9);
  await expect.poll(async () => (await api.status()).capture.state).toBe('on');
  expect(await titles()).toHaveLength(1);
});
