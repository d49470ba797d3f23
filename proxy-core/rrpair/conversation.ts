import { z } from 'zod';

/** A pair whose bodies are messages one after the other, as it is read: made from the stored bytes when somebody looks, also while it is open. */

export const conversationKindSchema = z
  .enum(['websocket', 'events', 'lines', 'grpc'])
  .describe(
    'WebSocket; server-sent events; JSON lines; a call of gRPC, gRPC-Web, Connect or Twirp, and other bodies that tell which messages of Protocol Buffers they are',
  );
export type ConversationKind = z.infer<typeof conversationKindSchema>;

export const messageRowSchema = z.object({
  number: z.number().int().describe('From 0, in the order they came'),
  from: z.enum(['client', 'server']),
  kind: z
    .string()
    .describe(
      'WebSocket: `text`, `binary`, `ping`, `pong`, `close`; events: the event’s type; lines: `line`; grpc: `message`, `trailers`, `end`, `details` (what the server says of an error)',
    ),
  label: z.string().describe('What the list says beside the kind: the id of an event, the code of a close; empty when nothing'),
  atMs: z.number().nullable().describe('Since the pair began; null where that was not noted'),
  bytes: z.number().int().describe('Of the payload, decompressed; of the data of an event'),
  wireBytes: z.number().int().describe('On the wire, framing included'),
  preview: z.string().describe('The beginning of it as text; in hex where it is none'),
  facts: z
    .array(z.tuple([z.string(), z.string()]))
    .describe('What else is to be said of it: fragments, compression, fields of an event'),
  problem: z.string().describe('Why not all of it could be read, as a sentence; empty when it could'),
  bad: z.boolean().describe('It tells of something that went wrong: a close with an error code, a frame that breaks the rules'),
});
export type MessageRow = z.infer<typeof messageRowSchema>;

export const conversationSchema = z.object({
  kind: conversationKindSchema,
  open: z.boolean().describe('More may come'),
  end: z.string().describe('How it ended, as a sentence; empty while it is open'),
  facts: z.array(z.tuple([z.string(), z.string()])).describe('What was agreed on: subprotocol, compression'),
  nameless: z.boolean().describe('Fields are shown by their numbers, because nobody has told their names'),
  total: z.number().int().describe('Messages so far'),
  fromClient: z.number().int().describe('Of them, those of the client'),
  matched: z.number().int().describe('Of them, those that contain the text that is searched for'),
  offset: z.number().int().describe('Place of the first message of this page among those that match'),
  messages: z.array(messageRowSchema),
  problem: z.string().describe('Why not everything could be read, as a sentence; empty when it could'),
});
export type Conversation = z.infer<typeof conversationSchema>;

export const messageBodySchema = z.object({
  base64: z.string(),
  totalBytes: z.number().int().describe('How many it has; less are here when it is larger than a page'),
  mediaType: z.string().describe('What it is, where that is known; otherwise it is looked at'),
  named: z
    .object({
      type: z.string().describe('Full name of the message'),
      json: z.string().describe('The message by the names of its fields'),
      cut: z.boolean().describe('It has more than is there'),
    })
    .nullable()
    .describe('A message of Protocol Buffers whose names are known; null for all others'),
});
export type MessageBody = z.infer<typeof messageBodySchema>;

export interface ConversationQuery {
  offset: number;
  limit: number;
  /** Only messages that contain it, whatever the case; empty for all. */
  text: string;
  from: 'client' | 'server' | 'both';
}
