import { eventIterator, type InferContractRouterOutputs, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  certificateInfoSchema,
  checkSchema,
  curlSchema,
  diffSchema,
  filterCheckSchema,
  setupSchema,
  shellSchema,
  snippetShellSchema,
} from '../rrpair/results.ts';
import {
  bodyFormSchema,
  bodySliceSchema,
  pairDetailSchema,
  pairPageSchema,
  pairQuerySchema,
  pairSummarySchema,
  sideSchema,
} from '../rrpair/shapes.ts';

/**
 * Every operation and event of the engine. The server, the WebSocket client, the REST form and the command's `--json` derive from it.
 * REST paths stand below `/api`.
 */

const idSchema = z.coerce.number().int().positive();
/** A switch in a query string: unlike `z.coerce.boolean()` it reads `false` as false, so nothing is revealed by accident. */
const switchSchema = z.union([z.boolean(), z.stringbool()]);
const portSchema = z.number().int().min(0).max(65_535);

export const captureOptionsSchema = z.object({
  app: z
    .string()
    .optional()
    .describe('The application: PORT, HOST:PORT, http://… or https://…; without it only outbound traffic is captured'),
  inPort: portSchema.optional().describe('Default 4143; 0 takes a free one'),
  outPort: portSchema.optional().describe('Default 4140; 0 takes a free one'),
  bind: z.string().optional().describe('Address to listen on, default 127.0.0.1'),
  insecureUpstream: z.boolean().optional().describe('Accept upstream certificates that cannot be verified'),
  extraCa: z.string().optional().describe('PEM file with CAs to trust for upstream connections, beside the usual ones'),
});
export type CaptureOptions = z.infer<typeof captureOptionsSchema>;

const listenerSchema = z.object({
  url: z.string().describe('e.g. http://127.0.0.1:4143'),
  host: z.string(),
  port: z.number().int(),
});

export const captureStatusSchema = z.object({
  state: z.enum(['off', 'starting', 'on', 'stopping']),
  app: z.string().nullable().describe('The application as a URL'),
  inbound: listenerSchema.nullable(),
  outbound: listenerSchema.nullable(),
  startedAt: z.string().nullable(),
  connections: z.number().int().describe('Open connections'),
  pairsIn: z.number().int().describe('Inbound pairs since capture started'),
  pairsOut: z.number().int(),
});
export type CaptureStatus = z.infer<typeof captureStatusSchema>;

export const shedSchema = z.object({
  pairs: z.number().int().describe('Pairs that were not recorded because the queue was full'),
  bodies: z.number().int().describe('Pairs recorded without (all of) their bodies because the queue was full'),
  unwritten: z.number().int().describe('Pairs that the disk refused'),
});

export const noticeSchema = z.object({
  id: z.string().describe('The same condition keeps its id'),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string().describe('What happened and what to do, in a sentence or two'),
  at: z.string(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const statusSchema = z.object({
  version: z.string(),
  pid: z.number().int(),
  dataDir: z.string(),
  capture: captureStatusSchema,
  demo: z.boolean().describe('The demo shop is running'),
  store: z.object({
    path: z.string(),
    pairs: z.number().int(),
    bytes: z.number().int(),
    problem: z.string(),
    revision: z.number().int(),
  }),
  shed: shedSchema,
  notices: z.array(noticeSchema),
});
export type Status = z.infer<typeof statusSchema>;

/** One live event. Changes are batched: a client that was slow or away gets the newest state, never a backlog. */
export const liveEventSchema = z.object({
  status: statusSchema,
  revision: z.number().int().describe('Of the store; when it differs from that of a page, fetch the page anew'),
});
export type LiveEvent = z.infer<typeof liveEventSchema>;

export const replayResultSchema = z.object({ original: z.number().int(), pair: pairSummarySchema, diff: diffSchema });
export type ReplayResult = z.infer<typeof replayResultSchema>;

export const contract = {
  status: oc.route({ method: 'GET', path: '/status' }).output(statusSchema),
  live: oc.route({ method: 'GET', path: '/live' }).output(eventIterator(liveEventSchema)),
  capture: {
    start: oc.route({ method: 'POST', path: '/capture/start' }).input(captureOptionsSchema).output(captureStatusSchema),
    stop: oc.route({ method: 'POST', path: '/capture/stop' }).output(captureStatusSchema),
  },
  demo: {
    start: oc.route({ method: 'POST', path: '/demo/start' }).output(statusSchema),
    stop: oc.route({ method: 'POST', path: '/demo/stop' }).output(statusSchema),
  },
  pairs: {
    list: oc
      .route({ method: 'POST', path: '/pairs/query' })
      .input(
        pairQuerySchema.extend({
          offset: z.number().int().min(0).default(0),
          limit: z.number().int().min(1).max(1_000).default(100),
        }),
      )
      .output(pairPageSchema),
    get: oc
      .route({ method: 'GET', path: '/pairs/{id}' })
      .input(z.object({ id: idSchema }))
      .output(pairDetailSchema),
    body: oc
      .route({ method: 'GET', path: '/pairs/{id}/body' })
      .input(
        z.object({
          id: idSchema,
          side: sideSchema,
          form: bodyFormSchema.default('decoded'),
          offset: z.coerce.number().int().min(0).default(0),
          length: z.coerce.number().int().min(1).max(4_194_304).default(262_144),
        }),
      )
      .output(bodySliceSchema),
    head: oc
      .route({ method: 'GET', path: '/pairs/{id}/head' })
      .input(z.object({ id: idSchema, side: sideSchema }))
      .output(z.object({ base64: z.string() }))
      .route({ description: 'The head bytes exactly as captured' }),
    pin: oc
      .route({ method: 'POST', path: '/pairs/pin' })
      .input(z.object({ ids: z.array(z.number().int()).max(1_000), pinned: z.boolean() }))
      .output(z.object({ pinned: z.number().int() })),
    flush: oc
      .route({ method: 'POST', path: '/pairs/flush', description: 'Resolves when everything captured so far can be read' })
      .output(z.object({ revision: z.number().int() })),
    clear: oc.route({ method: 'POST', path: '/pairs/clear' }).output(z.object({ hidden: z.number().int() })),
    undoClear: oc.route({ method: 'POST', path: '/pairs/undo-clear' }).output(z.object({ restored: z.number().int() })),
  },
  filter: {
    check: oc
      .route({ method: 'POST', path: '/filter/check' })
      .input(z.object({ filter: z.string() }))
      .output(filterCheckSchema),
  },
  export: {
    curl: oc
      .route({ method: 'GET', path: '/pairs/{id}/curl' })
      .input(z.object({ id: idSchema, shell: shellSchema.default('bash'), reveal: switchSchema.default(false) }))
      .output(curlSchema),
    har: oc
      .route({ method: 'POST', path: '/export/har' })
      .input(
        z.object({
          ids: z.array(z.number().int()).optional(),
          query: pairQuerySchema.optional(),
          reveal: z.boolean().default(false),
        }),
      )
      .output(eventIterator(z.object({ text: z.string(), done: z.number().int(), total: z.number().int() })))
      .route({ description: 'A HAR 1.2 document in pieces: join the texts' }),
  },
  replay: {
    run: oc
      .route({ method: 'POST', path: '/pairs/{id}/replay' })
      .input(z.object({ id: idSchema, to: z.string().optional().describe('Another target: http://… or https://…, host and port') }))
      .output(replayResultSchema),
    diff: oc
      .route({ method: 'GET', path: '/diff' })
      .input(z.object({ before: idSchema, after: idSchema }))
      .output(diffSchema),
  },
  ticket: oc.route({ method: 'POST', path: '/ticket' }).output(
    z.object({
      url: z.string().describe('Opens the window once, within a minute: for the command line of a browser, which others can read'),
    }),
  ),
  certificates: oc.route({ method: 'GET', path: '/certificates' }).output(certificateInfoSchema),
  setup: oc
    .route({ method: 'GET', path: '/setup' })
    .input(z.object({ shell: snippetShellSchema.default('bash') }))
    .output(setupSchema),
  doctor: oc.route({ method: 'POST', path: '/doctor' }).output(eventIterator(checkSchema)),
  shutdown: oc.route({ method: 'POST', path: '/shutdown' }).output(z.object({ stopping: z.boolean() })),
};

export type Contract = typeof contract;
export type Outputs = InferContractRouterOutputs<Contract>;
