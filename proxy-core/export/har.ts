import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { masked } from '../redact/record.ts';
import { type MaskingRules, noUserRules } from '../rrpair/masking.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { harEntryJson } from './har-write.ts';

/** Reading what a HAR export needs: the store's reader does. */
export interface RecordReader {
  record(id: number): Promise<PairRecord>;
}

/** Makes a pair's entry, where the caller wants that done: see `harEntryText`. */
export type EntryMaker = (record: PairRecord, reveal: boolean, rules?: MaskingRules) => Promise<Uint8Array>;

export interface HarOptions {
  /** Leave secrets in. */
  reveal: boolean;
  /** What is a secret; by default what comes with Sidetap. */
  rules?: MaskingRules;
  /** How many ids will come, for progress; 0 when unknown. */
  total: number;
  version: string;
}

/** One piece of the document; the pieces joined are the document. */
export interface HarPiece {
  text: string;
  done: number;
  total: number;
}

/** A pair as an entry of the document, JSON in UTF-8; empty for rows that hold no HTTP request. For a large body it takes a second. */
export function harEntryText(record: PairRecord, reveal: boolean, rules: MaskingRules = noUserRules): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(harEntryJson(reveal ? record : masked(record, rules), !reveal) ?? '');
}

const documentEnd = '\n]}}\n';

/**
 * A HAR 1.2 document (w3c.github.io/web-performance/specs/HAR) of the pairs named, made piece by piece, so that an export of any size needs the
 * memory of one pair. Connection rows are left out: HAR knows only HTTP. So are pairs that are deleted meanwhile.
 */
export async function* harDocument(
  reader: RecordReader,
  ids: AsyncIterable<number> | Iterable<number>,
  { reveal, rules, total, version }: HarOptions,
  makeEntry: EntryMaker,
): AsyncGenerator<HarPiece> {
  const creator = JSON.stringify({ name: 'Sidetap', version });
  let text = `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[`;
  let done = 0;
  let first = true;
  let said = 0;
  for await (const id of ids) {
    if (performance.now() - said > limits.exportPieceMillis) {
      yield { text, done, total };
      text = '';
      said = performance.now();
    }
    const record = await recordOf(reader, id);
    const entry = record === null ? new Uint8Array(0) : await makeEntry(record, reveal, rules);
    done += 1;
    if (entry.length === 0) continue;
    text += first ? '\n' : ',\n';
    first = false;
    for (const part of texts(entry)) {
      if (text.length + part.length + documentEnd.length > limits.exportPieceChars) {
        yield { text, done, total };
        text = '';
        said = performance.now();
      }
      text += part;
    }
  }
  yield { text: text + documentEnd, done, total };
}

/** Null for a pair that retention deleted after the export began. */
async function recordOf(reader: RecordReader, id: number): Promise<PairRecord | null> {
  try {
    return await reader.record(id);
  } catch (error) {
    if (error instanceof SidetapError && error.code === 'pair-not-found') return null;
    throw error;
  }
}

/** The text in parts that fit into a piece; no character is cut in two. */
function* texts(utf8: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  // A byte makes at most one UTF-16 unit. Half a piece, so that little of one is left unused.
  const bytes = limits.exportPieceChars / 2;
  for (let at = 0; at < utf8.length; at += bytes) yield decoder.decode(utf8.subarray(at, at + bytes), { stream: true });
}
