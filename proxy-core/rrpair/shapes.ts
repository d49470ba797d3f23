import { z } from 'zod';

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
  protocol: z.string().describe('http, https; tls and tcp for connections that were not decoded'),
  technology: z.string().describe('The most telling of `technologies`'),
  technologies: z.array(z.string()),
  command: z.string().describe('HTTP: the method'),
  host: z.string().describe('As the application names it, with the port where it is not the default one'),
  location: z.string().describe('HTTP: path and query'),
  status: z.string().describe('HTTP: the status code; empty while open; a failure code when there was no response'),
  error: z.string().nullable().describe('Stable code of the failure, see `failureSentences`'),
  startedAt: z.string().describe('ISO 8601, UTC, microseconds'),
  latencyMs: z.number().nullable().describe('First byte of the request to first byte of the response'),
  durationMs: z.number().nullable().describe('First byte of the request to last byte of the response'),
  requestBytes: z.number().int().describe('Payload bytes of the request body'),
  responseBytes: z.number().int().describe('Payload bytes of the response body'),
  noise: z.boolean().describe('Health checks, probes, metrics scrapers'),
  pinned: z.boolean(),
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
    upstreamHost: z.string(),
    upstreamPort: z.number().int(),
    upstreamAddress: z.string(),
    clientTls: tlsInfoSchema.nullable(),
    upstreamTls: tlsInfoSchema.nullable(),
  }),
  replays: z.array(z.number().int()).describe('Pairs that repeat this one'),
});
export type PairDetail = z.infer<typeof pairDetailSchema>;

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

export const sortSchema = z.object({
  by: z.enum(['time', 'direction', 'technology', 'command', 'host', 'location', 'status', 'latency', 'duration', 'size']),
  descending: z.boolean(),
});
export type Sort = z.infer<typeof sortSchema>;

export const pairQuerySchema = z.object({
  filter: z.string().default('').describe('The filter language, see docs/filter.md'),
  noise: z.boolean().default(false).describe('Show noise too'),
  sort: sortSchema.default({ by: 'time', descending: true }),
});
export type PairQuery = z.infer<typeof pairQuerySchema>;

export const pairPageSchema = z.object({
  rows: z.array(pairSummarySchema),
  offset: z.number().int(),
  total: z.number().int().describe('Rows that the query finds'),
  hiddenNoise: z.number().int().describe('Rows that it would find more if noise were shown'),
  complete: z
    .boolean()
    .describe('False while the search still goes on: there may be more rows than `total` says, and the revision will rise'),
  revision: z.number().int().describe('Rises with every change of the store'),
});
export type PairPage = z.infer<typeof pairPageSchema>;
