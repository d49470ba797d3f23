import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadKoffi } from './koffi.ts';

type MallocTrim = (pad: number) => number;
let mallocTrim: MallocTrim | null = null;
let collect: (() => void) | null = null;

/** Collects this thread's garbage now. Some ms of work. */
export function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

/**
 * After a load, gives what it took back to the system, which neither V8 nor the C library of Linux does by itself: V8 looks for garbage when something is wanted
 * of it, and the C library keeps what is freed.
 */
export async function giveBackMemory(): Promise<void> {
  collectGarbage();
  if (process.platform !== 'linux') return;
  try {
    mallocTrim ??= (await loadKoffi()).load('libc.so.6').func('int malloc_trim(size_t)') as unknown as MallocTrim;
    mallocTrim(0);
  } catch {
    return; // a C library without this function keeps what it has
  }
}
