import type { FailureCode } from './pair.ts';

/** What a user is told about each failure: what happened, and where there is one, what to do. */
export const failureSentences: Readonly<Record<FailureCode, string>> = {
  'upstream-refused': 'The server refused the connection: nothing listens on that port.',
  'upstream-unreachable': 'The server could not be reached: there is no route to it.',
  'upstream-name-not-found': 'The host name could not be resolved.',
  'upstream-timeout': 'The server did not accept the connection in time.',
  'upstream-reset': 'The server reset the connection.',
  'upstream-closed-early': 'The server closed the connection before the response was complete.',
  'upstream-tls-failed': 'The TLS handshake with the server failed.',
  'upstream-certificate-invalid':
    'The server’s certificate could not be verified. Add its CA with --extra-ca, or accept it with --insecure-upstream.',
  'client-gone': 'The client closed the connection before the response was complete.',
  'client-reset': 'The client reset the connection.',
  'client-rejected-certificate':
    'The client does not trust Sidetap’s CA. `sidetap certs` tells how to trust it; until then this destination passes undecrypted for it where it can.',
  'client-tls-failed': 'The TLS handshake with the client failed.',
  'proxy-loop': 'The request would have come back to Sidetap itself.',
  'ambiguous-framing': 'The length of a message is ambiguous, so the rest of the connection passes undecoded.',
  'malformed-message': 'The bytes are not valid for the protocol, so the rest of the connection passes undecoded.',
  'head-too-large': 'The head of a message is larger than the limit, so the rest of the connection passes undecoded.',
  'not-decoded': 'The connection passed undecoded.',
  'capture-stopped': 'Capture was stopped before the exchange was complete.',
  'engine-died': 'Sidetap ended before the exchange was complete.',
};
