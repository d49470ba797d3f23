import { z } from 'zod';

/** Names for the fields of Protocol Buffers messages, which do not tell them themselves: from `.proto` files, from a descriptor set, or asked of a server. */

/** Where some names came from, and what they are for. */
export const protoSourceSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  title: z.string().max(300).describe('The file, the folder or the server they came from'),
  kind: z.enum(['files', 'server']),
  addedAt: z.string().describe('ISO 8601'),
  services: z.array(z.string().max(500)).describe('Full names; not all when there are very many'),
  methods: z.number().int(),
  messages: z.number().int(),
  problems: z.array(z.string().max(600)).describe('What could not be read, a sentence each; not all when there are very many'),
  problemCount: z.number().int(),
});
export type ProtoSource = z.infer<typeof protoSourceSchema>;

/** A field of a message. */
export interface ProtoField {
  number: number;
  name: string;
  /** A scalar of Protocol Buffers (`int32`, `string`…); or the full name of a message or an enum, with a dot in front. */
  type: string;
  /** Any number of values. */
  many?: true;
  /** It is a map: the scalar that its keys are; `type` is that of its values. */
  key?: string;
  /** One of several of which only one is there: what they are called together. */
  oneof?: string;
}

/** What some `.proto` files declare, by full names. */
export interface ProtoSchema {
  messages: Record<string, ProtoField[]>;
  /** Names by number. */
  enums: Record<string, Record<string, string>>;
  /** `package.Service/Method`, with what is sent and what comes back. */
  methods: Record<string, [request: string, response: string]>;
}

/** Where to ask for names, as `grpc.reflection` answers. */
export const reflectionTargetSchema = z.object({
  host: z.string().min(1).max(255),
  port: z.number().int().min(1).max(65_535),
  tls: z.boolean(),
});
export type ReflectionTarget = z.infer<typeof reflectionTargetSchema>;
