import { z } from 'zod';

/** How many pairs are sent again. */
export const paceSchema = z
  .union([z.literal('recorded'), z.literal('fast'), z.number().positive().max(100_000)])
  .describe('recorded: with the pauses between them as they were; fast: as soon as one is through; a number: so many a second');
export type Pace = z.infer<typeof paceSchema>;

export const replayManyProgressSchema = z.object({
  state: z.enum(['running', 'done', 'cancelled']),
  total: z.number().int().describe('Requests to send, repetitions included'),
  sent: z.number().int().describe('Requests that were begun'),
  answered: z.number().int().describe('Exchanges that are over with a response'),
  failed: z.number().int().describe('Exchanges that are over without one'),
  skipped: z.number().int().describe('Pairs that cannot be sent again, each time'),
  unrecorded: z
    .number()
    .int()
    .describe('Sent, but the result could not be recorded or has been deleted since, so it was not compared'),
  equal: z.number().int().describe('Answered as the original was, but for noise'),
  different: z.number().int(),
  differs: z
    .object({ status: z.number().int(), headers: z.number().int(), body: z.number().int() })
    .describe('In what they differ; one may differ in several'),
  uncompared: z.number().int().describe('Answered and not compared yet; stays above 0 only when it was cancelled'),
  behindMs: z.number().describe('How far the sending is behind its pace'),
  elapsedMs: z.number(),
  first: z
    .array(
      z.object({
        original: z.number().int(),
        pair: z.number().int(),
        status: z.string().nullable().describe('`200 → 500`; null when the status is the same'),
        headers: z.array(z.string()).describe('Names of fields that differ, a few'),
        body: z.array(z.string()).describe('Paths that differ, a few'),
      }),
    )
    .describe('The first that differ'),
  problems: z
    .array(z.object({ original: z.number().int(), text: z.string() }))
    .describe('The first that were skipped or not recorded, and why'),
});
export type ReplayManyProgress = z.infer<typeof replayManyProgressSchema>;
