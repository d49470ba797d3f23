import type { ContractProcedure, ErrorMap, InferSchemaInput, InferSchemaOutput, Meta } from '@orpc/contract';
import type { Contract } from './contract.ts';

/** How a call was made. */
export interface CallOptions {
  /** Aborted when the caller gave up or went away. */
  signal?: AbortSignal;
}

type HandlersOf<C> =
  C extends ContractProcedure<infer Input, infer Output, ErrorMap, Meta>
    ? (input: InferSchemaOutput<Input>, call: CallOptions) => Promise<InferSchemaInput<Output>>
    : { [Name in keyof C]: HandlersOf<C[Name]> };

/** One function for every operation of the contract, in the contract's own tree. Input is already validated, with defaults filled in. */
export type Handlers = HandlersOf<Contract>;
