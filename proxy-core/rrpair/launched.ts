import { z } from 'zod';
import { launchKinds } from './launch-kinds.ts';

/** Programs that are opened under capture, and closed with it. */

export const launchKindSchema = z.enum(launchKinds);

export const launchedSchema = z.object({
  id: z.number().int().positive().describe('Until the engine ends'),
  kind: launchKindSchema,
  program: z.string().describe('Which one was found: xterm, Google Chrome…'),
  state: z
    .enum(['starting', 'open', 'closing', 'ended'])
    .describe('ended: by its user, or by itself; what Sidetap closes is not listed any more'),
  note: z.string().describe('What its user has to know, as a sentence; empty when all is well'),
  openedAt: z.string(),
});
export type Launched = z.infer<typeof launchedSchema>;

export const launchOptionsSchema = z.object({
  kind: launchKindSchema,
  url: z
    .string()
    .max(8_192)
    .optional()
    .describe('What a browser shows first: http://… or https://…; without it the captured application, where there is one'),
  folder: z.string().min(1).optional().describe('Where a terminal begins, absolute; default: the home directory'),
});
export type LaunchOptions = z.infer<typeof launchOptionsSchema>;
