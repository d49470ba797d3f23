import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type Koffi from 'koffi';

/** Where koffi's native part lies beside a bundle: alone in the agent's image, among the parts of that image elsewhere. */
const places = ['koffi.node', path.join('agent-image', `koffi-linux-${process.arch}.node`)];

/** From source koffi finds its native part by itself. Throws where there is none. */
export async function loadKoffi(): Promise<typeof Koffi> {
  if (import.meta.url.endsWith('.ts')) return (await import('koffi')).default;
  const files = places.map((place) => path.join(import.meta.dirname, place));
  const file = files.find((one) => existsSync(one));
  if (file === undefined) throw new Error('koffi is not here');
  return createRequire(import.meta.url)(file) as typeof Koffi;
}
