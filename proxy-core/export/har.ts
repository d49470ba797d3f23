import { limits } from '../limits.ts';
import { maskMessage } from '../redact/mask.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import { harEntry } from './har-entry.ts';

/** Reading what a HAR export needs: the store's reader does. */
export interface RecordReader {
  record(id: number): Promise<PairRecord>;
}

export interface HarOptions {
  /** Leave secrets in. */
  reveal: boolean;
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

/**
 * A HAR 1.2 document (w3c.github.io/web-performance/specs/HAR) of the pairs named, made piece by piece, so that an export of any size needs the
 * memory of one pair. Connection rows are left out: HAR knows only HTTP.
 */
export async function* harDocument(
  reader: RecordReader,
  ids: AsyncIterable<number> | Iterable<number>,
  { reveal, total, version }: HarOptions,
): AsyncGenerator<HarPiece> {
  const creator = JSON.stringify({ name: 'Sidetap', version });
  yield { text: `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[`, done: 0, total };
  let done = 0;
  let first = true;
  for await (const id of ids) {
    const entry = harEntry(await reader.record(id), reveal ? null : maskMessage);
    done += 1;
    const text = entry === null ? '' : `${first ? '' : ','}\n${JSON.stringify(entry)}`;
    if (entry !== null) first = false;
    for (const piece of pieces(text)) yield { text: piece, done, total };
  }
  yield { text: '\n]}}\n', done, total };
}

/** The text in pieces that a message can carry; no character is cut in two. An empty text is one piece, which tells of progress. */
function* pieces(text: string): Generator<string> {
  for (let at = 0; ; ) {
    const end = at + limits.exportPieceChars;
    const cut = isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
    yield text.slice(at, cut);
    if (cut >= text.length) return;
    at = cut;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
