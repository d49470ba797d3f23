import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { messageOf, SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type BodyBytes, bodyFormSchema, sideSchema } from '../rrpair/shapes.ts';
import type { Readings } from './operations/readings.ts';
import { refuse } from './refuse.ts';
import { commonHeaders, inertPolicy } from './static.ts';

const wantedSchema = z.object({
  id: z.coerce.number().int().positive(),
  side: sideSchema,
  form: bodyFormSchema.default('decoded'),
  offset: z.coerce.number().int().min(0).default(0),
  snapshot: z.string().optional(),
});
export type WantedBody = z.infer<typeof wantedSchema>;

/** `GET /api/pairs/ID/bytes?side=…`; also `form`, `offset` and `snapshot`, which mean what they do for the operation `pairs.body`. */
export function wantedBody(request: IncomingMessage): WantedBody | 'wrong' | null {
  const [target = '', query = ''] = (request.url ?? '').split('?', 2);
  const id = /^\/api\/pairs\/(\d{1,15})\/bytes$/.exec(target)?.[1];
  if (id === undefined || request.method !== 'GET') return null;
  const parsed = wantedSchema.safeParse({ ...Object.fromEntries(new URLSearchParams(query)), id });
  return parsed.success ? parsed.data : 'wrong';
}

/** Sends the kept bytes of a body, from `offset` to their end, as they are: those of many megabytes take ten times as long in slices of base64. */
export async function sendBody(readings: Readings, wanted: WantedBody | 'wrong', response: ServerResponse): Promise<void> {
  if (wanted === 'wrong') {
    return refuse(response, { status: 400, message: 'A body is asked for with `side`, and perhaps `form`, `offset`, `snapshot`.' });
  }
  const { id, side, form, snapshot } = wanted;
  const read = (offset: number): Promise<BodyBytes> =>
    readings.from(snapshot, (reader) => reader.body(id, side, form, offset, limits.bodyPageBytes));
  try {
    const first = await read(wanted.offset);
    response.writeHead(200, {
      ...commonHeaders,
      'Content-Security-Policy': inertPolicy,
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': 'attachment',
      'Content-Length': Math.max(0, first.totalBytes - wanted.offset),
      'Cache-Control': 'no-store',
    });
    await pipeline(pieces(first, read), response);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Whoever asked went away.
    if (code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    if (code !== 'pair-not-found' && code !== 'snapshot-not-found') throw error;
    // It was cleared. Who has a part already must not take that for all of it.
    if (response.headersSent) response.destroy();
    else refuse(response, { status: 404, message: messageOf(error) });
  }
}

/** One after the other; the next one is read while one is on its way. */
async function* pieces(first: BodyBytes, read: (offset: number) => Promise<BodyBytes>): AsyncGenerator<Uint8Array> {
  let slice = first;
  for (;;) {
    const { bytes, offset } = slice;
    const end = offset + bytes.length;
    if (bytes.length === 0 && end < first.totalBytes)
      throw new SidetapError('pair-not-found', 'The body became shorter meanwhile.');
    const next = end < first.totalBytes ? read(end) : null;
    next?.catch(() => undefined); // awaited below, unless nobody wants it any more
    yield bytes.subarray(0, first.totalBytes - offset);
    if (next === null) return;
    slice = await next;
  }
}
