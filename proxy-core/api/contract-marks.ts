import { oc } from '@orpc/contract';
import { z } from 'zod';
import { limits } from '../limits.ts';
import { colourSchema, markedSchema, pairMarksSchema } from '../rrpair/mark-schemas.ts';

/** What a user puts on pairs beside the pin: a colour, a note. */

const noteSchema = z.string().max(limits.noteChars);

export const marksContract = {
  mark: oc
    .route({ method: 'POST', path: '/pairs/mark', description: 'Colours pairs, or writes a note on them; and pins them' })
    .input(
      z.object({
        ids: z.array(z.number().int()).max(1_000),
        colour: colourSchema.nullable().optional().describe('null takes it away; absent leaves it as it is'),
        note: noteSchema.optional().describe('Empty takes it away; absent leaves it as it is'),
      }),
    )
    .output(markedSchema),
  restoreMarks: oc
    .route({ method: 'POST', path: '/pairs/restore-marks', description: 'Undoes `mark`: takes what was before' })
    .input(z.object({ marks: z.array(pairMarksSchema.extend({ note: noteSchema })).max(1_000) }))
    .output(markedSchema),
};
