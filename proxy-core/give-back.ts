import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadKoffi } from './koffi.ts';

/** V8's own function. `last-resort` looks twice or more, and also gives back the pages that V8 keeps for objects to come. */
type Collect = (how?: { type: 'major'; execution: 'sync'; flavor: 'regular' | 'last-resort' }) => void;
type MallocTrim = (pad: number) => number;

let collect: Collect | null = null;
let mallocTrim: MallocTrim | null = null;

/** Collects this thread's garbage now. Some ms of work. */
export function collectGarbage(flavor: 'regular' | 'last-resort' = 'regular'): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  collect({ type: 'major', execution: 'sync', flavor });
}

/**
 * After a load, gives what it took back to the system, which neither V8 nor the C library of Linux does by itself: V8 looks for garbage when something is wanted
 * of it, and the C library keeps what is freed. `all` of it takes twice as long as `most`, for a heap of 30 MB some 70 ms.
 */
export async function giveBackMemory(what: 'all' | 'most'): Promise<void> {
  collectGarbage(what === 'all' ? 'last-resort' : 'regular');
  if (process.platform !== 'linux') return;
  try {
    mallocTrim ??= (await loadKoffi()).load('libc.so.6').func('int malloc_trim(size_t)') as unknown as MallocTrim;
    mallocTrim(0);
  } catch {
    return; // a C library without this function keeps what it has
  }
}
