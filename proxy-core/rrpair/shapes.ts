import { z } from 'zod';
import { conversationKindSchema } from './conversation.ts';
import { colourSchema } from './mark-schemas.ts';
import { ownLocationNames } from './protocols.ts';

/**
 * The shapes in which pairs leave the engine: to the window, the REST API and the command's `--json`. Everything derives from these
 * schemas. Unlike the engine's own records they use milliseconds (with a fraction down to the microsecond) and ISO dates, for people.
 */

export const directionSchema = z.enum(['in', 'out']);
export const sideSchema = z.enum(['request', 'response']);
export type MessageSide = z.infer<typeof sideSchema>;

export const pairSummarySchema = z.object({
  id: z.number().int().describe('Rises with every pair of a data directory, across runs'),
  state: z.enum(['open', 'done']).describe('`open` while bytes may still come'),
  direction: directionSchema.describe('Seen from the watched application'),
  source: z.string().describe('What it was captured from: `local`, a container, `replay`'),
  protocol: z.string().describe('http, https, redis… (`rrpair/protocols.ts`); tls and tcp for connections that were not decoded'),
  technology: z.string().describe('The most telling of `technologies`'),
  technologies: z.array(z.string()),
  command: z.string().describe('HTTP: the method; otherwise the verb of the protocol'),
  host: z.string().describe('As the application names it, with the port where it is not the default one'),
  location: z
    .string()
    .describe(
      'HTTP: path and query, and behind a space what is called inside of it (`/graphql query GetUser`); otherwise what the command is about: keys, SQL',
    ),
  status: z
    .string()
    .describe(
      'HTTP: the status code, and behind it `ERR` when the answer tells of an error all the same (`200 ERR:NOT_FOUND`); otherwise OK, or ERR and the protocol’s code; empty while open; a failure code when there was no response',
    ),
  error: z.string().nullable().describe('Stable code of the failure, see `failureSentences`'),
  startedAt: z.string().describe('ISO 8601, UTC, microseconds'),
  latencyMs: z.number().nullable().describe('First byte of the request to first byte of the response'),
  durationMs: z.number().nullable().describe('First byte of the request to last byte of the response'),
  requestBytes: z.number().int().describe('Payload bytes of the request body'),
  responseBytes: z.number().int().describe('Payload bytes of the response body'),
  noise: z.boolean().describe('Health checks, probes, metrics scrapers'),
  pinned: z.boolean(),
  colour: colourSchema.nullable().describe('A colour that the user gave it'),
  note: z.string().describe('What the user wrote about it; empty when nothing. Imported ones may come from anybody'),
  replayOf: z.number().int().nullable().describe('The pair that this one repeats'),
});
export type PairSummary = z.infer<typeof pairSummarySchema>;

export const headerFieldSchema = z
  .tuple([z.string(), z.string()])
  .describe('Name and value as sent; obs-fold kept, bytes read as latin-1');
export type HeaderField = z.infer<typeof headerFieldSchema>;

export const tlsInfoSchema = z.object({
  version: z.string(),
  cipher: z.string(),
  alpn: z.string(),
  serverName: z.string(),
  decrypted: z.boolean(),
  reason: z.string(),
});

export const messageDetailSchema = z.object({
  startLine: z.string(),
  headers: z.array(headerFieldSchema).describe('In the order sent, duplicates and case kept'),
  trailers: z.array(headerFieldSchema),
  interim: z
    .array(z.object({ startLine: z.string(), headers: z.array(headerFieldSchema) }))
    .describe('1xx heads before the final one'),
  headBytes: z.number().int(),
  wireBytes: z.number().int().describe('Body bytes on the wire, framing included'),
  payloadBytes: z.number().int().describe('Body bytes without framing, before content decoding'),
  keptBytes: z.number().int().describe('Wire bytes that were kept'),
  truncated: z.boolean(),
  crc32: z.string().describe('Of all body bytes on the wire, hex; empty unless truncated'),
  mediaType: z.string().describe('Lower case, without parameters; sniffed when there is no Content-Type'),
  charset: z.string(),
  contentEncoding: z.string(),
});
export type MessageDetail = z.infer<typeof messageDetailSchema>;

export const evidenceSchema = z.object({
  technology: z.string(),
  kind: z.enum(['format', 'framework', 'server', 'auth', 'transport', 'vendor', 'protocol']),
  evidence: z.string().describe('What was seen and where, e.g. `Server: nginx/1.22.1`'),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const pairDetailSchema = pairSummarySchema.extend({
  request: messageDetailSchema,
  response: messageDetailSchema.nullable(),
  evidence: z.array(evidenceSchema),
  failure: z.object({ code: z.string(), sentence: z.string(), detail: z.string() }).nullable(),
  bodyShed: z.boolean().describe('Bodies were given up to keep the queue bounded'),
  timing: z.object({
    dialMs: z.number(),
    tlsMs: z.number(),
    requestMs: z.number().nullable().describe('First to last byte of the request'),
    waitMs: z.number().nullable().describe('Last byte of the request to first byte of the response'),
    responseMs: z.number().nullable().describe('First to last byte of the response'),
  }),
  connection: z.object({
    id: z.number().int(),
    entry: z.string(),
    clientAddress: z.string(),
    clientName: z.string().describe('Docker’s name for that address; empty when it has none'),
    upstreamHost: z.string(),
    upstreamPort: z.number().int(),
    upstreamAddress: z.string(),
    clientTls: tlsInfoSchema.nullable(),
    upstreamTls: tlsInfoSchema.nullable(),
    session: z
      .array(z.tuple([z.string(), z.string()]))
      .describe('What the protocol told of the session, such as user and database; empty for HTTP'),
  }),
  conversation: conversationKindSchema.nullable().describe('Its bodies are a stream of messages, and which; null when not'),
  model: z.string().nullable().describe('The language model that it calls; null when it calls none'),
  replays: z.array(z.number().int()).describe('Pairs that repeat this one'),
  promisedWith: z
    .object({ method: z.string(), path: z.string(), id: z.number().int().nullable() })
    .nullable()
    .describe(
      'HTTP/2: the server pushed it because of this request, and which pair that is where it is still stored; null for all others',
    ),
  pushes: z
    .array(z.object({ id: z.number().int(), location: z.string() }))
    .describe('HTTP/2: what the server pushed because of it, the first hundred'),
  otherEnds: z
    .array(z.object({ id: z.number().int(), direction: directionSchema, source: z.string() }))
    .describe('The same call as captured at the other end of its connection: seen leaving one container and arriving at another'),
});
export type PairDetail = z.infer<typeof pairDetailSchema>;

export const pairHistogramSchema = z.object({
  from: z.number().describe('Beginning of the first bar, Unix epoch, ms'),
  barMs: z.number().describe('Width of a bar, ms'),
  inOk: z.array(z.number().int()).describe('Inbound pairs that did not fail, a number a bar'),
  inErrors: z.array(z.number().int()).describe('Inbound pairs that failed: an error, or a status from 400 on'),
  outOk: z.array(z.number().int()),
  outErrors: z.array(z.number().int()),
  complete: z.boolean().describe('False while the search goes on'),
});
export type PairHistogram = z.infer<typeof pairHistogramSchema>;

export const histogramRangeSchema = z.object({
  from: z.number().optional().describe('Unix epoch, ms; the first pair when absent'),
  to: z.number().optional().describe('The last pair when absent'),
  bars: z.number().int().min(2).max(1_000).default(120).describe('At most so many bars; their width is one that clocks have'),
});
export type HistogramRange = z.infer<typeof histogramRangeSchema>;

export const pathNodeSchema = z.object({
  depth: z.number().int().describe('0 for a host'),
  name: z.string().describe('A host, or a segment of a path with its slash; `/{id}` stands for all numbers, UUIDs and hashes'),
  pairs: z.number().int().describe('Those of the levels below included'),
  own: z.number().int().describe('Those that end here'),
  errors: z.number().int().describe('Failed: an error, or a status from 400 on'),
  p50Ms: z.number().nullable().describe('Median of the latency'),
});
export type PathNode = z.infer<typeof pathNodeSchema>;

export const pathTreeSchema = z.object({
  nodes: z.array(pathNodeSchema).describe('Each level after the one that it belongs to, the most frequent first'),
  counted: z.number().int().describe('Pairs that were counted: the newest'),
  total: z.number().int().describe('Pairs that the query finds'),
  complete: z.boolean().describe('False while the search goes on'),
});
export type PathTreeAnswer = z.infer<typeof pathTreeSchema>;

/** Fields whose values a filter can offer. */
export const valueFieldSchema = z.enum([
  'source',
  'tech',
  'protocol',
  'command',
  'host',
  'path',
  'status',
  'error',
  'note',
  ...ownLocationNames,
]);
export type ValueField = z.infer<typeof valueFieldSchema>;

export const fieldValueSchema = z.object({ value: z.string(), pairs: z.number().int().describe('Recent pairs that have it') });
export type FieldValue = z.infer<typeof fieldValueSchema>;

/** `wire`: as sent, framing included. `payload`: framing removed. `decoded`: content encoding removed too. */
export const bodyFormSchema = z.enum(['wire', 'payload', 'decoded']);
export type BodyForm = z.infer<typeof bodyFormSchema>;

export const bodySliceSchema = z.object({
  base64: z.string(),
  offset: z.number().int(),
  totalBytes: z.number().int().describe('Bytes that can be had in this form'),
  complete: z.boolean().describe('False when the body was truncated, shed or its decoding was stopped at a limit'),
  problem: z.string().describe('Why the form asked for could not be had, as a sentence; empty when it could'),
});
export type BodySlice = z.infer<typeof bodySliceSchema>;

/** The same within this process. */
export interface BodyBytes extends Omit<BodySlice, 'base64'> {
  bytes: Uint8Array<ArrayBuffer>;
}

export const sortSchema = z.object({
  by: z.enum([
    'time',
    'direction',
    'source',
    'technology',
    'protocol',
    'command',
    'host',
    'location',
    'status',
    'latency',
    'duration',
    'size',
  ]),
  descending: z.boolean(),
});
export type Sort = z.infer<typeof sortSchema>;

export const pairQuerySchema = z.object({
  filter: z.string().default('').describe('The filter language, see docs/filter.md'),
  noise: z.boolean().default(false).describe('Show noise too'),
  sort: sortSchema.default({ by: 'time', descending: true }),
});
export type PairQuery = z.infer<typeof pairQuerySchema>;

export const listQuerySchema = pairQuerySchema.extend({
  upTo: z.number().int().min(0).optional().describe('No pair with a higher id: the list stands still while more come'),
});
export type ListQuery = z.infer<typeof listQuerySchema>;

export const pairPageSchema = z.object({
  rows: z.array(pairSummarySchema),
  offset: z.number().int(),
  total: z.number().int().describe('Rows that the query finds'),
  hiddenNoise: z.number().int().describe('Rows that it would find more if noise were shown'),
  complete: z
    .boolean()
    .describe('False while the search still goes on: there may be more rows than `total` says, and the revision will rise'),
  search: z
    .object({
      share: z.number().describe('How much of the store was looked through, 0 to 1'),
      stopped: z.boolean().describe('It was ended by somebody, and goes on only when it is asked to'),
    })
    .optional()
    .describe('Of a search that is not complete'),
  revision: z.number().int().describe('Rises with every change of the store'),
});
export type PairPage = z.infer<typeof pairPageSchema>;
