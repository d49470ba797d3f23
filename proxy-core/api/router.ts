import type { AnyContractProcedure, AnyContractRouter } from '@orpc/contract';
import { isContractProcedure } from '@orpc/contract';
import type { AnyRouter } from '@orpc/server';
import { implement } from '@orpc/server';
import { toApiError } from './api-error.ts';
import { withErrors } from './client.ts';
import { contract } from './contract.ts';
import type { CallOptions, Handlers } from './handlers.ts';

type AnyHandler = (input: unknown, call: CallOptions) => Promise<unknown>;

/** Joins the contract and its handlers into what oRPC serves, with inputs and outputs checked by their schemas. */
export function createRouter(handlers: Handlers): AnyRouter {
  // `Handlers` is derived from the contract, so `join` finds a handler of the right type at every leaf.
  return join(contract, handlers) as AnyRouter;
}

function join(definitions: AnyContractRouter, handlers: unknown): unknown {
  if (isContractProcedure(definitions)) {
    const handler = handlers as AnyHandler;
    return implement(definitions as AnyContractProcedure).handler(({ input, signal }) => handler(input, { signal }));
  }
  const names = Object.entries(definitions) as [string, AnyContractRouter][];
  return Object.fromEntries(
    names.map(([name, definition]) => [name, join(definition, (handlers as Record<string, unknown>)[name])]),
  );
}

/**
 * Wraps every call, its validation included: what is thrown, at once or in the course of a stream, leaves as an error that a client
 * may see. `report` is called with every defect.
 */
export function errorInterceptor(report: (error: unknown) => void) {
  return (call: { next: () => Promise<unknown> }): Promise<unknown> =>
    withErrors(
      () => call.next(),
      (error) => toApiError(error, report),
    );
}
