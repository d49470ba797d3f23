import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { ApiClient } from '../proxy-core/api/client.ts';

/** Writes everything that is stored as HAR, piece by piece, so that its size does not matter. Returns how many pairs were written. */
export async function writeHar(client: ApiClient, path: string): Promise<number> {
  const part = `${path}.part`;
  const file = createWriteStream(part);
  // Awaited at the end; until then an error (disk full) must not go unheard.
  const written = finished(file);
  written.catch(() => {
    // Thrown below, where it is awaited.
  });
  let total = 0;
  try {
    for await (const piece of await client.export.har({ query: { filter: '', noise: true } })) {
      ({ total } = piece);
      if (!file.write(piece.text)) await drained(file, written);
    }
    file.end();
    await written;
    await rename(part, path);
    return total;
  } catch (error) {
    file.destroy();
    await rm(part, { force: true });
    throw error;
  }
}

async function drained(file: NodeJS.EventEmitter, ended: Promise<void>): Promise<void> {
  const drain = new Promise<void>((resolve) => {
    file.once('drain', resolve);
  });
  await Promise.race([drain, ended]);
}
