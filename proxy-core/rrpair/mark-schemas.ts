import { z } from 'zod';
import { colours, type Marked, type PairMarks } from './marks.ts';

/** Apart from the marks themselves, because the store's threads know those and have no use for a validator's megabytes. */

export const colourSchema = z.enum(colours);

export const pairMarksSchema = z.object({
  id: z.number().int(),
  colour: colourSchema.nullable(),
  note: z.string().describe('Empty when there is none'),
  pinned: z.boolean(),
}) satisfies z.ZodType<PairMarks>;

export const markedSchema: z.ZodType<Marked> = z.object({
  before: z.array(pairMarksSchema).describe('Given back, these undo it'),
  after: z.array(pairMarksSchema),
});
