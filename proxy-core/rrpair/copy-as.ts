import { z } from 'zod';
import { codeFormats } from './copy-formats.ts';

export const codeFormatSchema = z.enum(codeFormats);

export const codeSchema = z.object({
  code: z.string(),
  masked: z.array(z.string()).describe('What was masked, e.g. `header authorization`; empty when revealed or nothing was secret'),
  bodyFile: z
    .object({ name: z.string(), base64: z.string() })
    .nullable()
    .describe('Bytes that do not fit into source text: save them beside the code under this name'),
  notes: z.array(z.string()).describe('What the language’s client cannot reproduce, as sentences'),
});
export type CodeExport = z.infer<typeof codeSchema>;
