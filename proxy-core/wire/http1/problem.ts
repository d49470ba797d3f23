import type { FailureCode } from '../../rrpair/pair.ts';

/** Why a message cannot be read any further: a stable code, and what was seen, for the user. */
export interface Problem {
  code: Extract<FailureCode, 'ambiguous-framing' | 'malformed-message' | 'head-too-large'>;
  detail: string;
}

/** How long the body is cannot be told for sure (RFC 9112 6.3), so that two readers may disagree: it is never guessed. */
export function ambiguous(detail: string): Problem {
  return { code: 'ambiguous-framing', detail };
}

/** The bytes break the grammar (RFC 9112 2.1). */
export function malformed(detail: string): Problem {
  return { code: 'malformed-message', detail };
}

export function tooLarge(detail: string): Problem {
  return { code: 'head-too-large', detail };
}
