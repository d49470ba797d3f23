import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';

export interface Phase {
  name: string;
  /** What happens in it. */
  says: string;
  kind: 'setup' | 'request' | 'wait' | 'response';
  /** ms after the first phase began. */
  start: number;
  /** ms */
  length: number;
}

/** The phases of an exchange one after the other, those left out that did not happen. */
export function phasesOf(timing: PairDetail['timing']): { phases: Phase[]; total: number } {
  const all: [name: string, kind: Phase['kind'], length: number | null, says: string][] = [
    [
      'Connect',
      'setup',
      timing.dialMs > 0 ? timing.dialMs : null,
      'Name look-up and TCP connection to the server; once per connection, its later requests do not wait for it.',
    ],
    ['TLS', 'setup', timing.tlsMs > 0 ? timing.tlsMs : null, 'Handshake with the server, once per connection.'],
    ['Request sent', 'request', timing.requestMs, 'First to last byte of the request.'],
    [
      'Waiting',
      'wait',
      timing.waitMs,
      'Last byte of the request to first byte of the response: the server’s own time and the way there and back.',
    ],
    ['Receiving', 'response', timing.responseMs, 'First to last byte of the response.'],
  ];
  const phases: Phase[] = [];
  let at = 0;
  for (const [name, kind, given, says] of all) {
    if (given === null) continue;
    // A response may begin before the request has ended.
    const length = Math.max(0, given);
    phases.push({ name, says, kind, start: at, length });
    at += length;
  }
  return { phases, total: at };
}
