import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { limits } from '../../limits.ts';
import type { FrameShape } from '../frame-reader.ts';

/** Kinds of messages (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/). */
export const opcode = { reply: 1, query: 2004, compressed: 2012, message: 2013 } as const;

export const HEADER_BYTES = 16;

/** Servers take no more (maxMessageSizeBytes). */
const MOST_BYTES = 48_000_000;

/** A length that counts itself, two numbers by which answers are joined to questions, and the kind. */
export const mongodbFrames: FrameShape = {
  most: HEADER_BYTES,
  size: () => HEADER_BYTES,
  type: (header) => header.readInt32LE(12),
  length(header) {
    const length = header.readInt32LE(0);
    return length > MOST_BYTES ? -1 : length - HEADER_BYTES;
  },
};

/** Flags of OP_MSG. */
export const flag = { checksum: 1, moreToCome: 2 } as const;

/** The parts of an OP_MSG. */
export interface Sections {
  flags: number;
  /** Where the document of the command or of its answer begins; -1 when there is none. */
  body: number;
  /** Documents that belong to a member of it, by its name: where each begins. */
  sequences: { name: string; documents: number[] }[];
}

/** Documents of one sequence that are looked at. */
const MOST_DOCUMENTS = 100_000;

/** `content` stands behind the header, and may be cut off. */
export function sectionsOf(content: Buffer): Sections {
  const flags = content.length >= 4 ? content.readUInt32LE(0) : 0;
  const sections: Sections = { flags, body: -1, sequences: [] };
  const end = content.length - ((flags & flag.checksum) === 0 ? 0 : 4);
  let at = 4;
  while (at + 5 <= end) {
    const kind = content[at];
    const length = content.readUInt32LE(at + 1);
    if (length < 4) break;
    if (kind === 0) sections.body = at + 1;
    else if (kind === 1) sections.sequences.push(sequenceOf(content, at + 5, Math.min(end, at + 1 + length)));
    else break;
    at += 1 + length;
  }
  return sections;
}

function sequenceOf(content: Buffer, from: number, end: number): Sections['sequences'][number] {
  const zero = content.indexOf(0, from);
  const name = zero < 0 || zero >= end ? '' : content.toString('utf8', from, zero);
  const documents: number[] = [];
  for (let at = zero < 0 ? end : zero + 1; at + 5 <= end && documents.length < MOST_DOCUMENTS; ) {
    const length = content.readUInt32LE(at);
    if (length < 5) break;
    documents.push(at);
    at += length;
  }
  return { name, documents };
}

/** Where the document of a command in OP_QUERY begins, which only greets nowadays, and the database. */
export function queryOf(content: Buffer): { body: number; database: string } {
  const zero = content.indexOf(0, 4);
  if (zero < 0) return { body: -1, database: '' };
  return { body: zero + 9, database: content.toString('utf8', 4, zero).split('.')[0] ?? '' };
}

/** Where the first document of an OP_REPLY begins. */
export const REPLY_BODY = 20;

const compressors = ['none', 'snappy', 'zlib', 'zstd'] as const;

/** What was compressed: its kind, by what, and its content where that can be undone. */
export interface Uncompressed {
  kind: number;
  by: string;
  content: Buffer | null;
}

/** `content` stands behind the header of an OP_COMPRESSED. */
export function uncompressed(content: Buffer): Uncompressed {
  if (content.length < 9) return { kind: 0, by: 'none', content: null };
  const kind = content.readInt32LE(0);
  const by = compressors[content[8] as number] ?? `compressor ${String(content[8])}`;
  const bytes = content.subarray(9);
  try {
    if (by === 'none') return { kind, by, content: bytes };
    const options = { maxOutputLength: limits.readingSideBytes };
    if (by === 'zlib') return { kind, by, content: inflateSync(bytes, options) };
    if (by === 'zstd') return { kind, by, content: zstdDecompressSync(bytes, options) };
  } catch {
    // Cut off, too large or broken.
  }
  return { kind, by, content: null };
}
