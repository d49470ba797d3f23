import type { Evidence } from '../../rrpair/shapes.ts';
import type { HttpFacts, MessageFacts } from '../facts.ts';

/** A call of a protocol that is spoken inside of HTTP, and says only in fields or bodies what is called. */
export interface Call {
  technology: string;
  kind: Evidence['kind'];
  /** What gave it away, and where. */
  where: string;
  /** What was seen there. */
  value: string;
  /** What is called, for people: `query GetUser`, `GetItem`. Stands behind the path in the list. Empty when it does not say. */
  label: string;
  /** The error that the answer tells of though its status does not: its code, empty when it has none; null when there is no error. */
  errorOf(response: MessageFacts): string | null;
}

/** A request's body as far as calls are looked for in it. */
export interface Beginning {
  /** The first bytes, one character a byte: all names that are looked for are ASCII. */
  text: string;
}

export type FindCall = (facts: HttpFacts, beginning: Beginning) => Call | null;

/** Bytes of a request that are looked at. */
export const BEGINNING_BYTES = 2_048;
/** Characters of a label. */
const LABEL_CHARS = 120;

export const noError = (): null => null;

/** A name from captured bytes as it may stand in a label. */
export function labelled(...words: readonly string[]): string {
  return (
    words
      .filter((word) => word !== '')
      .join(' ')
      // oxlint-disable-next-line no-control-regex -- what must not come into a label
      .replaceAll(/[\u0000-\u0020\u007f]+/g, ' ')
      .trim()
      .slice(0, LABEL_CHARS)
  );
}
