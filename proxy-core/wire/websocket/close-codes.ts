/** What the codes of a Close frame mean (RFC 6455 7.4.1 and IANA's registry). */
const meanings: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no code was sent',
  1006: 'abnormal closure',
  1007: 'data that does not fit its type',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'an extension is missing',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake failed',
};

/** The meaning of a code, for people. */
export function closeWords(code: number): string {
  const meaning = meanings[code];
  if (meaning !== undefined) return meaning;
  if (code >= 4000 && code < 5000) return 'a code of the application';
  return code >= 3000 && code < 4000 ? 'a code of a library or framework' : 'a code without a meaning';
}

/** RFC 6455 7.4.1 and 7.4.2: some codes are only for saying that none came. */
export function mayBeSent(code: number): boolean {
  if (code >= 3000 && code < 5000) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}

/** Codes that say that something went wrong. Those of applications say nothing that we know. */
export function isErrorClose(code: number): boolean {
  return code >= 1002 && code < 3000 && code !== 1005 && code !== 1012 && code !== 1013;
}
