import { SidetapError } from '../../proxy-core/errors.ts';

export { type ApiClient as EngineClient, connectClient } from '../../proxy-core/api/client.ts';

/** The sentence of anything that was thrown, for people. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'Something went wrong, and the engine did not say what.';
}

/** True for what an aborted call throws: nobody waits for its answer any more. */
export function isAbort(error: unknown): boolean {
  if (error instanceof SidetapError && error.cause !== undefined) return isAbort(error.cause);
  return error instanceof Error && error.name === 'AbortError';
}

/** True when the call failed because the connection went away. The window says so in one place, and asks again when it is back. */
export function isLost(error: unknown): boolean {
  return error instanceof SidetapError && error.code === 'engine-not-running';
}
