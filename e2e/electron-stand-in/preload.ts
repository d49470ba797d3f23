import { readFileSync } from 'node:fs';

/** The name that Electron gives the world of preload scripts. */
export const PRELOAD_WORLD = 'Electron Isolated Context';

/** The binding by which that world, and no other, talks to the main process. */
export const PRELOAD_BINDING = '__standInOut';

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

/** Runs in the page's own world. */
export const mainWorldScript: string = read('bridge-main.js');

/** Runs in the preload script's world, with the preload script in it. */
export function isolatedWorldScript(preloadPath: string): string {
  // A source map comment at the end of the script would hide the bracket that follows.
  const preload = `${readFileSync(preloadPath, 'utf8')}\n`;
  return read('bridge-isolated.js')
    .replace('/*PLATFORM*/', () => process.platform)
    .replace('/*PRELOAD*/', () => preload);
}

interface Bytes {
  __bytes: string;
}

/** As the scripts in the page do: JSON, with bytes in Base64. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Uint8Array ? { __bytes: Buffer.from(part).toString('base64') } : part,
  );
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => (isBytes(part) ? new Uint8Array(Buffer.from(part.__bytes, 'base64')) : part));
}

function isBytes(value: unknown): value is Bytes {
  return typeof value === 'object' && value !== null && '__bytes' in value && typeof value.__bytes === 'string';
}
