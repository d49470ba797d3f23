import { limits } from '../../limits.ts';
import type { ReadingContext } from '../../rrpair/pair.ts';

/** What was asked for when the server promised to push this. */
export interface PromisedWith {
  method: string;
  /** Without its query. */
  path: string;
}

/** What a pushed pair remembers: nothing in its own bytes tells that nobody asked for it. */
export function promiseContext(method: string, path: string): ReadingContext {
  const query = path.indexOf('?');
  const promisedWith: PromisedWith = { method, path: (query < 0 ? path : path.slice(0, query)).slice(0, limits.wireTextBytes) };
  return { promisedWith };
}

/** Null where nothing was promised. A file may say anything. */
export function promisedWith(context: ReadingContext | undefined): PromisedWith | null {
  const said = context?.['promisedWith'];
  if (typeof said !== 'object' || said === null) return null;
  const { method, path } = said as Partial<Record<string, unknown>>;
  return typeof method === 'string' && typeof path === 'string' ? { method, path } : null;
}
