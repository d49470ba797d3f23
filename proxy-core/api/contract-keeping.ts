import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { maskingPreviewSchema, maskingRulesSchema, maskingSchema } from '../rrpair/masking.ts';
import { protoSourceSchema, reflectionTargetSchema } from '../rrpair/protos.ts';
import { settingsSchema, settingsViewSchema } from '../rrpair/settings.ts';
import { pairQuerySchema } from '../rrpair/shapes.ts';
import {
  exportEventSchema,
  fileFormatSchema,
  importEventSchema,
  selectionSchema,
  sessionSchema,
  snapshotDiffEventSchema,
  snapshotEventSchema,
  snapshotSchema,
} from '../rrpair/transfers.ts';

/** What is kept, and what goes in and out: snapshots, files, masking rules, settings, sessions. A part of the contract. */

const nameSchema = z.string().min(1).max(200);
const referenceSchema = z.string().min(1).describe('Id or name of a snapshot');

/** One side of a comparison. */
const comparedSchema = z.object({
  snapshot: z.string().optional().describe('Without it the store is meant'),
  query: pairQuerySchema.optional(),
});

export const keepingContract = {
  snapshots: {
    list: oc.route({ method: 'GET', path: '/snapshots' }).output(z.array(snapshotSchema)),
    save: oc
      .route({ method: 'POST', path: '/snapshots/save', description: 'A copy of pairs that stays as it is; ended by going away' })
      .input(selectionSchema.extend({ name: nameSchema }))
      .output(eventIterator(snapshotEventSchema)),
    rename: oc
      .route({ method: 'POST', path: '/snapshots/rename' })
      .input(z.object({ snapshot: referenceSchema, name: nameSchema }))
      .output(snapshotSchema),
    remove: oc
      .route({ method: 'POST', path: '/snapshots/remove' })
      .input(z.object({ snapshot: referenceSchema }))
      .output(snapshotSchema),
    diff: oc
      .route({
        method: 'POST',
        path: '/snapshots/diff',
        description: 'Pairs with the same command, host and location belong together',
      })
      .input(z.object({ before: comparedSchema, after: comparedSchema }))
      .output(eventIterator(snapshotDiffEventSchema)),
  },
  import: oc
    .route({ method: 'POST', path: '/import', description: 'HAR, RRPair and .sidetap files, and folders of them' })
    .input(
      z
        .object({
          paths: z.array(z.string().min(1)).max(1_000).default([]).describe('Absolute'),
          uploads: z
            .array(z.string().min(1))
            .max(1_000)
            .default([])
            .describe('Files whose content was sent with `POST /api/uploads`, by what that answered'),
          snapshot: nameSchema.optional().describe('Into a snapshot of this name instead of the store'),
        })
        .refine(({ paths, uploads }) => paths.length + uploads.length > 0, 'Name at least one file'),
    )
    .output(eventIterator(importEventSchema)),
  redact: {
    rules: oc.route({ method: 'GET', path: '/masking' }).output(maskingSchema),
    save: oc.route({ method: 'POST', path: '/masking' }).input(maskingRulesSchema).output(maskingSchema),
    preview: oc
      .route({ method: 'POST', path: '/masking/preview', description: 'What would be masked, by rule, before it leaves' })
      .input(selectionSchema.extend({ rules: maskingRulesSchema.optional().describe('Instead of those that are saved') }))
      .output(eventIterator(maskingPreviewSchema)),
  },
  protos: {
    list: oc
      .route({
        method: 'GET',
        path: '/protos',
        description: 'Where names of the fields of gRPC messages came from, the latest first',
      })
      .output(z.array(protoSourceSchema)),
    add: oc
      .route({
        method: 'POST',
        path: '/protos',
        description: '.proto files, folders of them, descriptor sets; holds for what was captured before too',
      })
      .input(
        z
          .object({
            paths: z.array(z.string().min(1)).max(1_000).default([]).describe('Absolute'),
            uploads: z.array(z.string().min(1)).max(1_000).default([]).describe('As in `import`'),
            title: z.string().max(300).default('').describe('What they are called, instead of by their paths'),
          })
          .refine(({ paths, uploads }) => paths.length + uploads.length > 0, 'Name at least one file'),
      )
      .output(protoSourceSchema),
    reflect: oc
      .route({ method: 'POST', path: '/protos/reflect', description: 'Asks a server by gRPC server reflection' })
      .input(reflectionTargetSchema)
      .output(protoSourceSchema),
    remove: oc
      .route({ method: 'POST', path: '/protos/remove' })
      .input(z.object({ source: z.string().min(1).describe('Id or title') }))
      .output(protoSourceSchema),
  },
  settings: {
    get: oc.route({ method: 'GET', path: '/settings' }).output(settingsViewSchema),
    save: oc
      .route({ method: 'POST', path: '/settings', description: 'Ports hold from the next start of capture on, all else at once' })
      .input(settingsSchema)
      .output(settingsViewSchema),
  },
  sessions: oc
    .route({ method: 'GET', path: '/sessions', description: 'The runs of Sidetap whose pairs are still stored, the newest first' })
    .output(z.array(sessionSchema)),
};

/** Part of `export`. */
export const exportFile = oc
  .route({ method: 'POST', path: '/export/file', description: 'Writes a file, or for RRPairs a folder, on this machine' })
  .input(
    selectionSchema.extend({
      as: fileFormatSchema,
      path: z.string().min(1).describe('Absolute'),
      reveal: z.boolean().optional().describe('Leave secrets in'),
    }),
  )
  .output(eventIterator(exportEventSchema));
