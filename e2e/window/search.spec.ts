import { Agent, request } from 'node:http';
import { barriers } from '../support/axe.ts';
import { expect, test } from '../support/fixtures.ts';
import { rows, typeFilter } from '../support/window.ts';

/** Sends so many bodies of 0.7 KB, each ending in its number, over a few connections. */
async function sendMany(url: string, count: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const send = (number: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const call = request(
        `${url}/many/${number}`,
        { agent, method: 'POST', headers: { 'Content-Type': 'text/plain' } },
        (response) => {
          response.resume().on('end', resolve);
        },
      );
      call.on('error', reject).end(`${'a'.repeat(700)} ${number}`);
    });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  agent.destroy();
}

test('a search in bodies shows how far it is, is ended, and goes on', async ({ api, window, inbound }) => {
  const count = 2_000;
  await sendMany(inbound, count);
  await api.flush();
  const foot = window.locator('.list-foot');
  await expect(foot).toContainText('2,000');
  // Each body takes some hundred thousand steps: long enough for a search, short enough for the watchdog of patterns.
  await typeFilter(window, 'body:~"a+ [0-9]*7$"');
  await expect(foot.getByRole('progressbar', { name: 'Search' })).toBeVisible();
  await expect(rows(window).first()).toBeVisible();
  await foot.getByRole('button', { name: 'Cancel' }).click();
  await expect(foot).toContainText(/Search ended at \d+ %/);
  expect(await barriers(window)).toEqual([]);
  const found = async (): Promise<number> => Number.parseInt((await foot.textContent()) ?? '', 10);
  const before = await found();

  // It stays ended, with what it found, when the list stands still and while more comes in.
  await rows(window).first().click();
  await sendMany(inbound, 8);
  await api.flush();
  await expect(foot).toContainText(`of ${(count + 8).toLocaleString('en')} pairs`);
  await expect(foot).toContainText(/Search ended at \d+ %/);
  await expect.poll(found).toBeGreaterThanOrEqual(before);

  await foot.getByRole('button', { name: 'Search on' }).click();
  // Out of the details, and nothing selected: the list follows again, and has what came meanwhile.
  await window.keyboard.press('Escape');
  await window.keyboard.press('Escape');
  await expect(foot).toContainText(`${count / 10 + 1} of`, { timeout: 90_000 });
  await expect(foot.getByRole('progressbar')).toBeHidden();
});
