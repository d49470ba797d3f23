import type { AnyRouter } from '@orpc/server';
import { createRouterClient } from '@orpc/server';
import type { ApiClient } from './client.ts';
import { toSidetapError, withErrors } from './client.ts';
import { errorInterceptor } from './router.ts';

/** The operations for callers in this process: the same checks and errors as over the network, without a network. */
export function createLocalClient(router: AnyRouter, report: (error: unknown) => void): ApiClient {
  const visible = errorInterceptor(report);
  const client = createRouterClient(router, {
    interceptors: [(call) => withErrors(() => visible(call), toSidetapError)],
  });
  // The router was made from the contract, but its type was lost on the way.
  return client as unknown as ApiClient;
}
