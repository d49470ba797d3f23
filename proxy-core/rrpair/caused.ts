import { z } from 'zod';
import { pairSummarySchema } from './shapes.ts';

/** What caused what: a request that came in, and the calls and statements that the application made because of it. */

export const linkBasisSchema = z.enum([
  'traceparent',
  'b3',
  'datadog',
  'trace-header',
  'request-id',
  'sql-comment',
  'transaction',
  'time',
]);
/** What a link rests on. All but `time` are identities that both carry. */
export type LinkBasis = z.infer<typeof linkBasisSchema>;

const linkFields = {
  pair: pairSummarySchema,
  basis: linkBasisSchema.describe('What the link rests on; `time`: nothing but that it happened while the request was in progress'),
  evidence: z.string().describe('What was seen and where, as a sentence'),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .describe('How sure the link is: 1 by an identity that one request has; by time it falls with the requests in progress'),
};

export const causeSchema = z.object(linkFields);
export type Cause = z.infer<typeof causeSchema>;

export const causedCallSchema = z.object({
  ...linkFields,
  likeness: z.string().describe('Equal for calls that differ in their values only: many of them are an N+1 query'),
  arrived: z
    .object({ id: z.number().int(), source: z.string() })
    .nullable()
    .describe('The same call where it arrived, when that container is captured too'),
});
export type CausedCall = z.infer<typeof causedCallSchema>;

const beyondSchema = z.object({
  call: z.number().int().describe('The call that arrived there'),
  calls: z.array(causedCallSchema).describe('What it caused there, in the order of time'),
  moreCalls: z.number().int().describe('Calls that it caused beside those'),
});

export const causedSchema = z.object({
  causes: z
    .array(causeSchema)
    .describe('Of an outbound pair: the inbound requests that may have caused it, the most probable first'),
  calls: z.array(causedCallSchema).describe('Of an inbound pair: what it caused, in the order of time'),
  moreCalls: z.number().int().describe('Calls that it caused beside those'),
  concurrent: z
    .number()
    .int()
    .describe('Inbound: other requests of its source in progress meanwhile. Outbound: requests in progress when it began'),
  unlinked: z
    .number()
    .int()
    .describe('Inbound: calls made meanwhile, there or where its calls arrived, that cannot be told from those of other requests'),
  beyond: z
    .array(beyondSchema)
    .describe(
      'Inbound: what its calls caused in turn where they arrived, and so on, in captured containers. Each call stands once, the nearest first',
    ),
  notFollowed: z
    .number()
    .int()
    .describe(
      'Inbound: calls of which it was not looked what they caused where they arrived, because there are too many or too much lies between',
    ),
  complete: z.boolean().describe('False when there was more at that time than is looked at'),
});
export type Caused = z.infer<typeof causedSchema>;
