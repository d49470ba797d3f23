import { z } from 'zod';
import { Malformed } from '../interchange/malformed.ts';
import { failureSentences } from '../rrpair/failure.ts';
import type { FailureCode, PairRecord } from '../rrpair/pair.ts';
import { protocolNames } from '../rrpair/protocols.ts';
import { tlsInfoSchema } from '../rrpair/shapes.ts';

/** Latest time that can be shown as a date, µs. */
const LAST_MICROS = 8.64e18;

const text = z.string().max(10_000).catch('');
const port = z.number().int().min(0).max(65_535).catch(0);
const micros = z.number().min(0).max(1e15).catch(0);

const connectionSchema = z.object({
  id: z.number().int().catch(0),
  direction: z.enum(['in', 'out']),
  source: text,
  entry: z.enum(['reverse', 'http-proxy', 'connect', 'socks4', 'socks5', 'transparent', 'replay']).catch('transparent'),
  protocol: z.enum(protocolNames),
  clientAddress: text,
  clientPort: port,
  clientName: text,
  flow: text,
  upstreamHost: text,
  upstreamPort: port,
  upstreamAddress: text,
  dialMicros: micros,
  tlsMicros: micros,
  clientTls: tlsInfoSchema.nullable().catch(null),
  upstreamTls: tlsInfoSchema.nullable().catch(null),
  spoken: z
    .object({ server: text, evidence: text, facts: z.array(z.tuple([text, text])).max(100) })
    .optional()
    .catch(undefined),
});

const offset = z.number().min(-1).max(1e15);

const factsSchema = z.object({
  startedAtMicros: z.number().min(0).max(LAST_MICROS),
  timing: z.object({ requestEnd: offset, responseStart: offset, responseEnd: offset }),
  replayOf: z.number().int().min(0),
  summary: z.object({ command: z.string(), location: z.string(), status: z.string() }).nullable(),
  context: z.record(z.string(), z.unknown()).optional().catch(undefined),
  imported: z.object({ format: z.enum(['rrpair', 'har']), text: z.string() }).optional(),
});

/**
 * A record of another Sidetap's file as a pair of ours. Whoever made the file may have written anything into it, so that all that is read
 * later as a number, a name or a date is checked. Throws `Malformed`.
 */
export function foreignRecord(record: PairRecord | undefined, id: number, source: string): PairRecord {
  if (record === undefined) throw new Malformed('its bytes are missing');
  const connection = connectionSchema.safeParse(record.connection);
  const facts = factsSchema.safeParse(record);
  if (!connection.success || !facts.success) throw new Malformed('its facts are damaged');
  if (facts.data.imported !== undefined) checkJson(facts.data.imported.text);
  return {
    ...record,
    ...facts.data,
    id,
    connection: { ...connection.data, source },
    failure: record.failure !== null && Object.hasOwn(failureSentences, record.failure.code) ? failureOf(record.failure) : null,
  };
}

function failureOf({ code, detail }: { code: FailureCode; detail: unknown }): PairRecord['failure'] {
  return { code, detail: typeof detail === 'string' ? detail : '' };
}

function checkJson(json: string): void {
  try {
    if (typeof JSON.parse(json) === 'object') return;
  } catch {
    // Said below.
  }
  throw new Malformed('what it says of its origin is no JSON');
}
