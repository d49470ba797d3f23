export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'pending' | 'plain';

/** `ERR` and its like: the protocol’s own errors, of those inside of HTTP behind its code. */
function isProtocolError(status: string): boolean {
  return /^(?:\d{3} )?ERR(?:$|:)/.test(status);
}

/** The colour of a status, which never stands alone: the text is beside it. */
export function statusTone(status: string, error: string | null, open: boolean): Tone {
  if (open && status === '') return 'pending';
  const code = /^\d{3}$/.test(status) ? Number(status) : 0;
  if (code >= 500) return 'bad';
  if (code >= 400) return 'warn';
  if (error !== null && error !== 'not-decoded') return error === 'client-rejected-certificate' ? 'warn' : 'bad';
  if (isProtocolError(status)) return 'bad';
  if (code >= 300 || (code >= 100 && code < 200)) return 'info';
  if (code >= 200 || status === 'OK' || status === 'QUEUED') return 'ok';
  if (status === 'PUSH' || status === 'NIL') return 'info';
  return 'plain';
}

const SHORT: Readonly<Record<string, string>> = {
  'upstream-refused': 'refused',
  'upstream-unreachable': 'unreachable',
  'upstream-name-not-found': 'no such host',
  'upstream-timeout': 'timed out',
  'upstream-reset': 'reset',
  'upstream-closed-early': 'cut off',
  'upstream-tls-failed': 'TLS failed',
  'upstream-certificate-invalid': 'bad certificate',
  'client-gone': 'client gone',
  'client-reset': 'client reset',
  'client-rejected-certificate': 'not trusted',
  'client-tls-failed': 'TLS failed',
  'proxy-loop': 'loop',
  'ambiguous-framing': 'ambiguous',
  'malformed-message': 'malformed',
  'head-too-large': 'head too large',
  'not-decoded': 'not decoded',
  'capture-stopped': 'stopped',
  'engine-died': 'interrupted',
};

/** The status as it stands in a cell: failure codes in short words (after the code, where a response had begun), an open exchange as `pending`. */
export function statusText(status: string, error: string | null, open: boolean): string {
  if (/^\d{3}$/.test(status) && error !== null && error !== 'not-decoded') return `${status} ${SHORT[error] ?? error}`;
  if (status !== '') return SHORT[status] ?? status;
  if (error !== null) return SHORT[error] ?? error;
  return open ? 'pending' : '–';
}
