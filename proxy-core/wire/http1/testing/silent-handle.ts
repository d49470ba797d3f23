import type { ExchangeHandle } from '../../decoder.ts';

const nothing = (): void => {};

/** A handle that does nothing, but for what is given. */
export function silentHandle(but: Partial<ExchangeHandle> = {}): ExchangeHandle {
  return {
    requestHead: nothing,
    requestBody: nothing,
    requestEnded: nothing,
    responseStarted: nothing,
    responseHead: nothing,
    responseBody: nothing,
    streams: nothing,
    context: nothing,
    responseEnded: nothing,
    failed: nothing,
    ...but,
  };
}
