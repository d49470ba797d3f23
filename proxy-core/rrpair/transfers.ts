import { z } from 'zod';
import { pairQuerySchema } from './shapes.ts';

/** Pairs on their way into and out of Sidetap, and the snapshots that are kept of them. */

export const selectionSchema = z.object({
  ids: z.array(z.number().int().positive()).max(50_000).optional().describe('These pairs'),
  query: pairQuerySchema.optional().describe('What a query finds; without ids and query everything is meant'),
  snapshot: z.string().optional().describe('Id or name of a snapshot; without it the store is meant'),
});
export type Selection = z.infer<typeof selectionSchema>;

export const snapshotSchema = z.object({
  id: z.string(),
  name: z.string(),
  madeAt: z.string(),
  origin: z.string().describe('What it was made from: `everything`, a filter, the file that it was imported from'),
  masked: z.boolean().describe('Secrets were masked when it was made'),
  pairs: z.number().int(),
  bytes: z.number().int(),
  problem: z.string().describe('Why it cannot be read, as a sentence; empty when it can'),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

const progressShape = {
  done: z.number().int(),
  total: z.number().int().describe('0 when it is not known yet'),
};

export const snapshotEventSchema = z.object({ ...progressShape, snapshot: snapshotSchema.nullable().describe('When it is done') });
export type SnapshotEvent = z.infer<typeof snapshotEventSchema>;

export const fileFormatSchema = z.enum(['har', 'postman', 'rrpair', 'rrpair-json', 'sidetap']);
export type FileFormat = z.infer<typeof fileFormatSchema>;

export const writtenSchema = z.object({
  path: z.string(),
  pairs: z.number().int(),
  files: z.number().int(),
  bytes: z.number().int(),
  left: z.number().int().describe('Pairs that the format cannot hold'),
  masked: z.number().int().describe('Values that were masked'),
});
export type Written = z.infer<typeof writtenSchema>;

export const exportEventSchema = z.object({ ...progressShape, written: writtenSchema.nullable().describe('When it is done') });
export type ExportEvent = z.infer<typeof exportEventSchema>;

export const importProblemSchema = z.object({
  file: z.string(),
  place: z.string().describe('Where in the file: `entry 12`, `line 3`; empty for all of it'),
  problem: z.string().describe('As a sentence'),
});
export type ImportProblem = z.infer<typeof importProblemSchema>;

export const importedSchema = z.object({
  pairs: z.number().int(),
  files: z.number().int(),
  source: z.string().describe('`source:` finds them; empty for a snapshot'),
  snapshot: snapshotSchema.nullable(),
  problems: z.array(importProblemSchema).describe('The first of them'),
  problemCount: z.number().int().describe('Files and pairs that could not be read'),
});
export type Imported = z.infer<typeof importedSchema>;

export const importEventSchema = z.object({
  done: z.number().int().describe('Bytes read'),
  total: z.number().int(),
  imported: importedSchema.nullable().describe('When it is done'),
});
export type ImportEvent = z.infer<typeof importEventSchema>;

export const snapshotDifferenceSchema = z.object({
  kind: z.enum(['only-before', 'only-after', 'changed']),
  command: z.string(),
  host: z.string(),
  location: z.string(),
  before: z.number().int().nullable().describe('Id there'),
  after: z.number().int().nullable(),
  status: z.object({ before: z.string(), after: z.string() }).nullable().describe('When it changed'),
  headers: z.number().int().describe('Header fields of the response that changed, noise excepted'),
  body: z.number().int().describe('Places of its body that changed, noise excepted'),
  latencyMs: z.object({ before: z.number().nullable(), after: z.number().nullable() }),
  slower: z.boolean().describe('It took notably longer than before'),
  faster: z.boolean(),
});
export type SnapshotDifference = z.infer<typeof snapshotDifferenceSchema>;

export const snapshotDiffCountsSchema = z.object({
  same: z.number().int(),
  changed: z.number().int(),
  onlyBefore: z.number().int(),
  onlyAfter: z.number().int(),
  slower: z.number().int(),
  faster: z.number().int(),
  medianMs: z
    .object({ before: z.number().nullable(), after: z.number().nullable() })
    .describe('Of the latencies of pairs that both have'),
});
export type SnapshotDiffCounts = z.infer<typeof snapshotDiffCountsSchema>;

export const snapshotDiffEventSchema = z.object({
  ...progressShape,
  differences: z.array(snapshotDifferenceSchema).describe('Found since the last event'),
  counts: snapshotDiffCountsSchema.nullable().describe('When it is done; differences above a number are counted only'),
});
export type SnapshotDiffEvent = z.infer<typeof snapshotDiffEventSchema>;

export const sessionSchema = z.object({
  id: z.number().int(),
  startedAt: z.string(),
  endedAt: z.string().nullable().describe('Null while it goes on; of one that was killed, when its last pair began'),
  firstPair: z.number().int(),
  lastPair: z.number().int(),
  pairs: z.number().int().describe('That are still stored'),
  outbound: z.number().int(),
  errors: z.number().int().describe('With a failure, or a status of 400 or more'),
  current: z.boolean(),
  filter: z.string().describe('Finds its pairs'),
});
export type Session = z.infer<typeof sessionSchema>;
