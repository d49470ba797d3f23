import type { BodyFacts } from './work/facts.ts';
import { type Ask, type AskName, BodyWork } from './work/work.ts';

/** What the window tells the thread: first the bytes, then its questions, and what of those it does not want any more. */
export type ToThread = { blob: Blob; facts: BodyFacts } | { call: number; ask: Ask<AskName> } | { unwanted: number };
export type FromThread =
  | { call: number; answer: unknown }
  | { call: number; problem: string }
  /** How far it is, 0 to 1. */
  | { call: number; share: number };

/** Time between two words about how far something is, ms. */
const TELL_MILLIS = 50;

let work: BodyWork | null = null;
const open = new Set<number>();

async function answer(call: number, ask: Ask<AskName>): Promise<void> {
  open.add(call);
  let told = performance.now();
  const tell = (share: number): void => {
    const now = performance.now();
    if (now - told < TELL_MILLIS) return;
    told = now;
    postMessage({ call, share } satisfies FromThread);
  };
  try {
    const result: unknown = await work?.do(ask, { tell, wanted: () => open.has(call) });
    postMessage({ call, answer: result } satisfies FromThread, { transfer: memoryOf(result) });
  } catch (error) {
    postMessage({ call, problem: error instanceof Error ? error.message : String(error) } satisfies FromThread);
  } finally {
    open.delete(call);
  }
}

/** The memory of arrays in an answer, which is handed over instead of copied. */
function memoryOf(value: unknown): ArrayBuffer[] {
  if (value instanceof Int32Array) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.values(value).flatMap(memoryOf);
}

addEventListener('message', ({ data }: MessageEvent<ToThread>) => {
  if ('blob' in data) work = new BodyWork(data.blob, data.facts);
  else if ('unwanted' in data) open.delete(data.unwanted);
  else void answer(data.call, data.ask);
});
