import { z } from 'zod';

/**
 * A pair of a decoded protocol as it is read, whatever the protocol: made from the stored bytes when somebody looks. The window and the command
 * show exactly this and know no protocol.
 */

export const textSectionSchema = z.object({
  kind: z.literal('text'),
  title: z.string(),
  text: z.string(),
  language: z.enum(['plain', 'sql', 'command', 'error']).describe('How it is shown'),
  cut: z.number().int().describe('Characters that are left out at its end'),
});

export const fieldsSectionSchema = z.object({
  kind: z.literal('fields'),
  title: z.string(),
  fields: z.array(z.tuple([z.string(), z.string()])),
  more: z.number().int().describe('Fields that are left out'),
});

export const tableSectionSchema = z.object({
  kind: z.literal('table'),
  title: z.string(),
  columns: z.array(
    z.object({ name: z.string(), type: z.string().describe('As the protocol calls it; empty when it does not tell') }),
  ),
  rows: z.array(z.array(z.string().nullable())).describe('A page of them; null is the protocol’s null'),
  offset: z.number().int().describe('Number of the first row of the page, from 0'),
  total: z.number().int().describe('Rows that can be had, by asking for other pages'),
});

export const valueSectionSchema = z.object({
  kind: z.literal('value'),
  title: z.string(),
  base64: z.string().describe('Its bytes, or the first of them'),
  bytes: z.number().int().describe('How many it has, whether they are here or not'),
  mediaType: z.string().describe('What it is, where that is known; otherwise it is looked at'),
});

export const readingSectionSchema = z.discriminatedUnion('kind', [
  textSectionSchema,
  fieldsSectionSchema,
  tableSectionSchema,
  valueSectionSchema,
]);
export type ReadingSection = z.infer<typeof readingSectionSchema>;
export type TableSection = z.infer<typeof tableSectionSchema>;

export const frameSchema = z.object({
  offset: z.number().int().describe('Where it begins in the stored bytes of its side'),
  length: z.number().int(),
  depth: z.number().int().describe('0, or more for what stands inside the one before'),
  name: z.string().describe('What the protocol calls it'),
  text: z.string().describe('What it says, shortened'),
});
export type Frame = z.infer<typeof frameSchema>;

export const readSideSchema = z.object({
  sections: z.array(readingSectionSchema),
  frames: z.array(frameSchema),
  moreFrames: z.boolean().describe('There are more than are listed'),
  packed: z.boolean().describe('Some of what it says is compressed in its bytes'),
  problem: z.string().describe('Why not all of it could be read, as a sentence; empty when it could'),
});
export type ReadSide = z.infer<typeof readSideSchema>;

export const readingSchema = z.object({ request: readSideSchema, response: readSideSchema });
export type Reading = z.infer<typeof readingSchema>;
