import { eventIterator, type InferContractRouterOutputs, oc } from '@orpc/contract';
import { z } from 'zod';
import { causedSchema } from '../rrpair/caused.ts';
import { containerSchema, dockerStatusSchema, runImageSchema } from '../rrpair/containers.ts';
import { conversationSchema, messageBodySchema } from '../rrpair/conversation.ts';
import { codeFormatSchema, codeSchema } from '../rrpair/copy-as.ts';
import { launchedSchema } from '../rrpair/launched.ts';
import { readingSchema } from '../rrpair/reading.ts';
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
import { serviceMapSchema } from '../rrpair/service-map.ts';
import {
  bodyFormSchema,
  bodySliceSchema,
  fieldValueSchema,
  histogramRangeSchema,
  listQuerySchema,
  pairDetailSchema,
  pairHistogramSchema,
  pairPageSchema,
  pairQuerySchema,
  pairSummarySchema,
  pathTreeSchema,
  sideSchema,
  valueFieldSchema,
} from '../rrpair/shapes.ts';
import { exportFile, keepingContract } from './contract-keeping.ts';
import { launchContract } from './contract-launch.ts';
import { marksContract } from './contract-marks.ts';
import { composeContract, replayManyContract } from './contract-sending.ts';

/**
 * Every operation and event of the engine. The server, the WebSocket client, the REST form and the command's `--json` derive from it.
 * REST paths stand below `/api`.
 */

const idSchema = z.coerce.number().int().positive();
/** A switch in a query string: unlike `z.coerce.boolean()` it reads `false` as false, so nothing is revealed by accident. */
const switchSchema = z.union([z.boolean(), z.stringbool()]);
const portSchema = z.number().int().min(0).max(65_535);

/** Id or name of a snapshot to read from; without it the store is meant. */
const snapshot = z.string().min(1).optional();

const containerRefSchema = z.object({ container: z.string().min(1).describe('Id, the beginning of it, or name') });

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
  docker: dockerStatusSchema,
  launched: z.array(launchedSchema).describe('Terminals and browsers that were opened under capture'),
  store: z.object({
    path: z.string(),
    pairs: z.number().int(),
    unlisted: z.number().int().describe('Pairs that are stored and will be listed within seconds: under load, capture comes first'),
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

export type { SendResult } from './contract-sending.ts';

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
  containers: {
    list: oc.route({ method: 'GET', path: '/containers' }).output(z.array(containerSchema)),
    attach: oc
      .route({ method: 'POST', path: '/containers/attach', description: 'Resolves when capture is on' })
      .input(containerRefSchema)
      .output(containerSchema),
    detach: oc
      .route({ method: 'POST', path: '/containers/detach', description: 'Also undoes every change made for the container' })
      .input(containerRefSchema)
      .output(containerSchema),
    switchProject: oc
      .route({ method: 'POST', path: '/containers/project' })
      .input(z.object({ project: z.string(), on: z.boolean() }))
      .output(z.array(containerSchema)),
    trust: oc
      .route({ method: 'POST', path: '/containers/trust' })
      .input(containerRefSchema.extend({ how: z.enum(['bundle', 'restart', 'twin']) }))
      .output(containerSchema),
    untrust: oc.route({ method: 'POST', path: '/containers/untrust' }).input(containerRefSchema).output(containerSchema),
    serverKey: oc
      .route({
        method: 'POST',
        path: '/containers/server-key',
        description: 'The key pair of TLS that the application serves itself',
      })
      .input(containerRefSchema.extend({ key: z.object({ chainPem: z.string(), keyPem: z.string() }).nullable() }))
      .output(containerSchema),
    run: oc
      .route({ method: 'POST', path: '/containers/run', description: 'Starts an image with trust in place and capture on' })
      .input(runImageSchema)
      .output(containerSchema),
    remove: oc
      .route({ method: 'POST', path: '/containers/remove', description: 'Removes a container that `run` made' })
      .input(containerRefSchema)
      .output(z.object({ removed: z.boolean() })),
  },
  pairs: {
    list: oc
      .route({ method: 'POST', path: '/pairs/query' })
      .input(
        listQuerySchema.extend({
          offset: z.number().int().min(0).default(0),
          limit: z.number().int().min(1).max(1_000).default(100),
          snapshot,
        }),
      )
      .output(pairPageSchema),
    search: oc
      .route({
        method: 'POST',
        path: '/pairs/search',
        description: 'Says how far to search for what a filter finds, whatever it is sorted by. What was found stays',
      })
      .input(
        pairQuerySchema.omit({ sort: true }).extend({
          snapshot,
          until: z.number().min(0).max(1).describe('How much of the store to look through: 0 ends the search now, 1 lets it go on'),
        }),
      )
      .output(z.object({ until: z.number() })),
    histogram: oc
      .route({ method: 'POST', path: '/pairs/histogram' })
      .input(pairQuerySchema.extend({ range: histogramRangeSchema.default({ bars: 120 }), snapshot }))
      .output(pairHistogramSchema),
    paths: oc
      .route({ method: 'POST', path: '/pairs/paths', description: 'The newest pairs of a query counted by host and path' })
      .input(pairQuerySchema.extend({ snapshot }))
      .output(pathTreeSchema),
    map: oc
      .route({
        method: 'POST',
        path: '/pairs/map',
        description: 'Who calls whom: the newest pairs of a query counted by both ends',
      })
      .input(pairQuerySchema.extend({ snapshot }))
      .output(serviceMapSchema),
    values: oc
      .route({
        method: 'GET',
        path: '/pairs/values',
        description: 'What a filter could ask for: values of a field in recent pairs, the most frequent first',
      })
      .input(
        z.object({
          field: valueFieldSchema,
          text: z.string().max(200).default('').describe('Contained in the value, whatever the case'),
          snapshot,
        }),
      )
      .output(z.array(fieldValueSchema)),
    get: oc
      .route({ method: 'GET', path: '/pairs/{id}' })
      .input(z.object({ id: idSchema, snapshot }))
      .output(pairDetailSchema),
    reading: oc
      .route({
        method: 'GET',
        path: '/pairs/{id}/reading',
        description:
          'What a pair of a decoded protocol says: command, parameters, rows, frames; of a call of a language model what was said and answered; null for other HTTP and for what was not decoded',
      })
      .input(
        z.object({ id: idSchema, row: z.coerce.number().int().min(0).default(0).describe('First row of each table'), snapshot }),
      )
      .output(readingSchema.nullable()),
    caused: oc
      .route({
        method: 'GET',
        path: '/pairs/{id}/caused',
        description: 'The calls that a request caused, or the requests that may have caused a call, each with what that rests on',
      })
      .input(z.object({ id: idSchema, snapshot }))
      .output(causedSchema),
    messages: oc
      .route({
        method: 'GET',
        path: '/pairs/{id}/messages',
        description:
          'The messages of a WebSocket, of server-sent events and of JSON lines, also while they come; null for pairs that are no stream of messages',
      })
      .input(
        z.object({
          id: idSchema,
          offset: z.coerce.number().int().min(0).default(0).describe('Place of the first, among those that match'),
          limit: z.coerce.number().int().min(1).max(500).default(100),
          text: z.string().max(1_000).default('').describe('Only messages that contain it, whatever the case'),
          from: z.enum(['client', 'server', 'both']).default('both'),
          snapshot,
        }),
      )
      .output(conversationSchema.nullable()),
    message: oc
      .route({ method: 'GET', path: '/pairs/{id}/messages/{number}', description: 'The payload of one message' })
      .input(z.object({ id: idSchema, number: z.coerce.number().int().min(0), snapshot }))
      .output(messageBodySchema),
    body: oc
      .route({ method: 'GET', path: '/pairs/{id}/body' })
      .input(
        z.object({
          id: idSchema,
          side: sideSchema,
          snapshot,
          form: bodyFormSchema.default('decoded'),
          offset: z.coerce.number().int().min(0).default(0),
          length: z.coerce.number().int().min(1).max(1_048_576).default(262_144),
        }),
      )
      .output(bodySliceSchema),
    head: oc
      .route({ method: 'GET', path: '/pairs/{id}/head' })
      .input(z.object({ id: idSchema, side: sideSchema, snapshot }))
      .output(z.object({ base64: z.string() }))
      .route({ description: 'The head bytes exactly as captured' }),
    pin: oc
      .route({ method: 'POST', path: '/pairs/pin' })
      .input(z.object({ ids: z.array(z.number().int()).max(1_000), pinned: z.boolean() }))
      .output(z.object({ pinned: z.number().int() })),
    ...marksContract,
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
      .input(z.object({ id: idSchema, shell: shellSchema.default('bash'), reveal: switchSchema.optional(), snapshot }))
      .output(curlSchema),
    code: oc
      .route({ method: 'GET', path: '/pairs/{id}/code', description: 'A program, or a command, that sends the request of a pair' })
      .input(z.object({ id: idSchema, format: codeFormatSchema, reveal: switchSchema.optional(), snapshot }))
      .output(codeSchema),
    har: oc
      .route({ method: 'POST', path: '/export/har' })
      .input(
        z.object({
          ids: z.array(z.number().int()).optional(),
          query: pairQuerySchema.optional(),
          reveal: z.boolean().optional(),
          snapshot,
        }),
      )
      .output(eventIterator(z.object({ text: z.string(), done: z.number().int(), total: z.number().int() })))
      .route({ description: 'A HAR 1.2 document in pieces: join the texts' }),
    file: exportFile,
  },
  replay: {
    run: oc
      .route({ method: 'POST', path: '/pairs/{id}/replay' })
      .input(z.object({ id: idSchema, to: z.string().optional().describe('Another target: http://… or https://…, host and port') }))
      .output(replayResultSchema),
    many: replayManyContract,
    diff: oc
      .route({ method: 'GET', path: '/diff', description: 'Compares the responses of two pairs, or their requests' })
      .input(
        z.object({
          before: idSchema,
          after: idSchema,
          side: sideSchema.default('response'),
          beforeSnapshot: snapshot,
          afterSnapshot: snapshot,
        }),
      )
      .output(diffSchema),
  },
  compose: composeContract,
  launch: launchContract,
  ...keepingContract,
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
