import { z } from 'zod';
import { headerFieldSchema } from './shapes.ts';

/** A request as somebody writes it, to be sent as it stands. */
export const composedRequestSchema = z.object({
  method: z.string().min(1).describe('As it is sent; case counts'),
  url: z.string().min(1).describe('http://… or https://…; what follows the authority is sent as it is written'),
  target: z
    .string()
    .nullable()
    .default(null)
    .describe('Request target to send instead of the URL’s path and query, bytes as latin-1: `*`, an absolute form'),
  version: z
    .enum(['HTTP/1.1', 'HTTP/1.0', 'HTTP/2'])
    .default('HTTP/1.1')
    .describe('HTTP/2: Host is sent as :authority, names in lower case, and without what frames a body in HTTP/1'),
  headers: z
    .array(headerFieldSchema)
    .default([])
    .describe('In the order in which they are sent. Bytes as latin-1, as pairs have them; text beyond U+00FF is sent as UTF-8'),
  bodyBase64: z.string().default(''),
  chunked: z.boolean().default(false).describe('Send the body in chunks instead of with its length'),
  automatic: z.boolean().default(true).describe('Add Host, and the framing of the body, where the headers say nothing of them'),
});
export type ComposedRequest = z.infer<typeof composedRequestSchema>;

export const curlShellSchema = z.enum(['bash', 'cmd', 'powershell']);

export const parsedCurlSchema = z.object({
  request: composedRequestSchema.required(),
  insecure: z.boolean().describe('The command accepts certificates that cannot be verified (-k)'),
  shell: curlShellSchema.describe('Whose quoting it was read by'),
  notes: z
    .array(z.string())
    .describe(
      'What was not understood, not followed or not read, as sentences; every option that is not part of the request is named',
    ),
});
export type ParsedCurl = z.infer<typeof parsedCurlSchema>;
