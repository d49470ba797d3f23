import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Parts } from '../../proxy-core/parts.ts';
import { openParts } from '../../proxy-core/parts.ts';

/** The operations themselves, without the API in between: each begins in the moment in which it is called. */

let dataDir: string;
let before: number;
let parts: Parts;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'sidetap-switches-'));
  before = listeners();
  parts = await openParts({ dataDir, shutdown: () => {} });
});
afterEach(async () => {
  await parts.close();
  expect(listeners()).toBe(before);
  await rm(dataDir, { recursive: true });
});

/** Listening sockets of this process. */
function listeners(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
}

const anywhere = { inPort: 0, outPort: 0 };
const status = () => parts.handlers.status(undefined, {});
const startCapture = () => parts.handlers.capture.start(anywhere, {});
const startDemo = () => parts.handlers.demo.start(undefined, {});
const stopDemo = () => parts.handlers.demo.stop(undefined, {});

describe('capture', () => {
  test('that is just starting when all ends does not outlive it', async () => {
    const starting = startCapture();
    await parts.close();
    expect((await starting).outbound?.port).toBeGreaterThan(0);
    expect(await status()).toMatchObject({ capture: { state: 'off' } });
    await expect(startCapture()).rejects.toMatchObject({ code: 'engine-not-running' });
  });
});

describe('the demo', () => {
  test('two starts at once are one, and a start right after a stop waits for it', async () => {
    await Promise.all([startDemo(), startDemo()]);
    expect(await status()).toMatchObject({ demo: true, capture: { state: 'on' } });
    await Promise.all([stopDemo(), stopDemo(), startDemo()]);
    expect(await status()).toMatchObject({ demo: true, capture: { state: 'on' } });
    await stopDemo();
    expect(await status()).toMatchObject({ demo: false, capture: { state: 'off' } });
  });

  test('that is just starting can be stopped', async () => {
    const starting = startDemo();
    await stopDemo();
    await starting;
    expect(await status()).toMatchObject({ demo: false, capture: { state: 'off' } });
  });

  test('that is just starting when all ends does not outlive it', async () => {
    const starting = startDemo();
    await parts.close();
    await starting;
    expect(await status()).toMatchObject({ demo: false, capture: { state: 'off' } });
  });
});
