import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { build } from '../../scripts/lib/build.ts';
import { cleanUp } from './support/clean-up.ts';
import { Engine, temporaryDirectory } from './support/engine.ts';
import { run } from './support/programs.ts';

const GiB = 1024 ** 3;
/** More than 32 bits can count. Some 10 s on two idle cores. */
const bodyBytes = 5 * GiB;
/** What `limits.bodyKeptBytes` promises to keep. */
const keptBytes = 10 * 1024 * 1024;

afterEach(cleanUp);

test('a body of 5 GB each way at once: every byte arrives, the beginning is kept, memory stays flat', {
  timeout: 240_000,
}, async () => {
  // As it is installed: a source tree takes 80 MB more, for reading TypeScript.
  const outDir = await temporaryDirectory();
  await build({ outDir });
  const command = [process.execPath, path.join(outDir, 'cli.js')];
  const engine = await Engine.start({ app: await run('torrent', 'serve').line<number>(), command });
  const clients = [run('torrent', 'get', engine.inPort, bodyBytes), run('torrent', 'post', engine.inPort, bodyBytes)];
  // Every byte was compared where it arrived.
  expect(await Promise.all(clients.map((client) => client.line<number>()))).toEqual([bodyBytes, bodyBytes]);
  expect(engine.memory().peak).toBeLessThan(300);

  for (const [filter, side] of [
    [`path:/${bodyBytes}`, 'response'],
    ['path:/upload', 'request'],
  ] as const) {
    const [pair] = await engine.recorded(filter);
    expect(pair).toMatchObject({ status: '200', error: null });
    const message = (await engine.detail(pair?.id ?? 0))[side];
    expect(message).toMatchObject({ wireBytes: bodyBytes, payloadBytes: bodyBytes, keptBytes, truncated: true });
    expect(message?.crc32).toMatch(/^[\da-f]{8}$/);
  }
});
