import type { PairDescription } from '../detect/describe.ts';
import { describePair } from '../detect/describe.ts';
import type { NoiseRules } from '../detect/noise.ts';
import { limits } from '../limits.ts';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import type { PairEntry, PairExtra } from './batch.ts';

export function extraOf(extra: Buffer): PairExtra {
  return extra.length === 0 ? {} : (JSON.parse(extra.toString()) as PairExtra);
}

/** Technologies are kept with a line break before and after each, so that one of them can be asked for exactly. */
export function joinTechnologies(names: readonly string[]): string {
  return `\n${names.join('\n')}\n`;
}

export function splitTechnologies(joined: string): string[] {
  return joined.slice(1, -1).split('\n');
}

/** SQLite's text functions end at a NUL and know no lone surrogates, and a list needs no megabyte of URL: the head keeps the original. */
export function listed(text: string): string {
  const short = text.length > limits.listedChars ? text.slice(0, limits.listedChars) : text;
  const clean = short.includes('\0') ? short.replaceAll('\0', '\uFFFD') : short;
  return clean.isWellFormed() ? clean : clean.toWellFormed();
}

/** What the description of a pair puts into its row, as text that SQLite takes. */
export interface DescribedRow {
  noise: boolean;
  statusCode: number | null;
  command: string;
  status: string;
  technologies: string;
  host: string;
  location: string;
}

export function describeEntry(
  entry: PairEntry,
  connection: ConnectionInfo,
  extra: PairExtra,
  bodies: { request: Buffer; response: Buffer },
  noise?: NoiseRules,
): DescribedRow {
  const described = describe(entry, connection, extra, bodies, noise);
  const { technologies, technology } = described;
  return {
    noise: described.noise,
    statusCode: described.statusCode,
    command: listed(described.command),
    status: listed(described.status),
    technologies: joinTechnologies(technologies.length > 0 ? technologies : [technology]),
    host: listed(described.host),
    location: listed(described.location),
  };
}

/** Describes a pair for its row. A defect in a rule must not cost the pair, so that then it gets a row that says as much as is certain. */
function describe(
  entry: PairEntry,
  connection: ConnectionInfo,
  extra: PairExtra,
  bodies: { request: Buffer; response: Buffer },
  noise?: NoiseRules,
): PairDescription {
  try {
    return describePair(
      {
        connection,
        requestHead: entry.requestHead,
        responseHead: entry.responseHead,
        requestBody: bodies.request,
        responseBody: bodies.response,
        failure: extra.failure ?? null,
        summary: extra.summary ?? null,
        context: extra.context,
      },
      noise,
    );
  } catch {
    // The bytes are stored whole and shown in the detail; only the row is poorer.
    const technology = connection.protocol.toUpperCase();
    return {
      command: '',
      host: connection.upstreamHost,
      path: '',
      location: '',
      status: extra.failure?.code ?? '',
      statusCode: null,
      technology,
      technologies: [technology],
      noise: false,
    };
  }
}
