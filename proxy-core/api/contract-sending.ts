import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { limits } from '../limits.ts';
import { composedRequestSchema, curlShellSchema, parsedCurlSchema } from '../rrpair/compose.ts';
import { paceSchema, replayManyProgressSchema } from '../rrpair/replay-many.ts';
import { diffSchema } from '../rrpair/results.ts';
import { pairQuerySchema, pairSummarySchema } from '../rrpair/shapes.ts';

/** What sends requests that somebody wrote, and many at once. A part of the contract. */

const targetSchema = z.string().optional().describe('Another target: http://… or https://…, host and port');

export const sendResultSchema = z.object({
  original: z.number().int().nullable().describe('The pair that it was made from'),
  pair: pairSummarySchema,
  diff: diffSchema.nullable().describe('What differs from the original’s answer; null without one'),
});
export type SendResult = z.infer<typeof sendResultSchema>;

export const composeContract = {
  parseCurl: oc
    .route({ method: 'POST', path: '/compose/parse-curl', description: 'Reads a pasted curl command; runs nothing, reads no file' })
    .input(
      z.object({
        command: z.string().min(1).max(limits.curlCommandChars),
        shell: curlShellSchema.optional().describe('Whose quoting it has; guessed when it is not given'),
      }),
    )
    .output(parsedCurlSchema),
  send: oc
    .route({ method: 'POST', path: '/compose/send', description: 'Sends a request that somebody wrote, and records it as a pair' })
    .input(
      composedRequestSchema.extend({
        replayOf: z.coerce
          .number()
          .int()
          .positive()
          .optional()
          .describe('The pair that it was made from: the new one is linked to it'),
        bodyOf: z.coerce
          .number()
          .int()
          .positive()
          .optional()
          .describe('Send the request body of this pair, without its framing, instead of `bodyBase64`'),
        insecure: z.boolean().default(false).describe('Accept a certificate that cannot be verified'),
      }),
    )
    .output(sendResultSchema),
};

/** Part of `replay`. */
export const replayManyContract = oc
  .route({
    method: 'POST',
    path: '/replay',
    description: 'Sends many requests again and compares the answers; ended by going away',
  })
  .input(
    z.object({
      ids: z.array(z.number().int().positive()).max(limits.replayedIds).optional().describe('In this order'),
      query: pairQuerySchema.optional().describe('All pairs that it finds, in its order; instead of `ids`'),
      to: targetSchema,
      pace: paceSchema.default('fast'),
      times: z.number().int().min(1).max(limits.replayTimes).default(1),
      concurrency: z.number().int().min(1).max(limits.replayConcurrency).default(1),
      longestPauseMs: z.number().min(0).optional().describe('Longer recorded pauses are cut to this'),
    }),
  )
  .output(eventIterator(replayManyProgressSchema));
