import { z } from 'zod';

/** What the rooms below the API answer with, beside pairs. The API's contract is built from these. */

export const filterCheckSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true) }),
  z.object({
    ok: z.literal(false),
    message: z.string(),
    column: z.number().int().describe('Of the first wrong character, from 0'),
  }),
]);

export const shellSchema = z.enum(['bash', 'powershell', 'cmd']);

export type Shell = z.infer<typeof shellSchema>;

export const curlSchema = z.object({
  command: z.string(),
  masked: z.array(z.string()).describe('What was masked, e.g. `header authorization`; empty when revealed or nothing was secret'),
  bodyFile: z
    .object({ name: z.string(), base64: z.string() })
    .nullable()
    .describe('A body too large or too binary for a command line: save it beside the command under this name'),
  notes: z.array(z.string()).describe('What the command cannot reproduce, as sentences'),
});
export type CurlExport = z.infer<typeof curlSchema>;

export const differenceSchema = z.object({
  path: z
    .string()
    .describe('`status`, `start line` of a request, a header name, or a JSON path such as `$.items[0].id`; `line 12` for text'),
  kind: z.enum(['added', 'removed', 'changed']),
  before: z.string().nullable(),
  after: z.string().nullable(),
  noise: z.boolean().describe('Dates, ids and the like that differ at every call'),
});

export const diffSchema = z.object({
  equal: z.boolean().describe('Nothing differs but noise'),
  status: differenceSchema.nullable(),
  headers: z.array(differenceSchema),
  body: z.array(differenceSchema),
  bodyKind: z.enum(['json', 'text', 'binary', 'none']),
  truncated: z.boolean().describe('More differs than is listed'),
});
export type Difference = z.infer<typeof differenceSchema>;
export type Diff = z.infer<typeof diffSchema>;

export const certificateInfoSchema = z.object({
  caPath: z.string(),
  pem: z.string(),
  sha256: z.string().describe('Fingerprint, upper-case hex with colons'),
  notAfter: z.string(),
  instructions: z.array(
    z.object({ id: z.string(), title: z.string(), steps: z.array(z.string()).describe('Commands or sentences') }),
  ),
});
export type CertificateInfo = z.infer<typeof certificateInfoSchema>;

export const snippetShellSchema = z.enum(['bash', 'fish', 'powershell', 'cmd']);
export type SnippetShell = z.infer<typeof snippetShellSchema>;

export const setupSchema = z.object({
  shell: snippetShellSchema,
  lines: z.string().describe('To paste into the terminal that starts the application'),
  command: z.string().describe('The one command that starts an application under capture'),
});

export type Setup = z.infer<typeof setupSchema>;

export const checkSchema = z.object({
  id: z.string(),
  title: z.string(),
  outcome: z.enum(['ok', 'warning', 'failed', 'skipped']),
  detail: z.string().describe('What was found and, unless ok, what to do'),
});
export type Check = z.infer<typeof checkSchema>;
