import { assertNever } from '../errors.ts';
import type { FailureCode, Side } from '../rrpair/pair.ts';
import type { EndOfStream } from './decoder.ts';

export interface Failure {
  code: FailureCode;
  /** A sentence for the user. */
  detail: string;
}

/**
 * How the two sides of a connection have ended, and what that means for exchanges without an answer. For protocols in which the client asks and the
 * server answers.
 */
export class Endings {
  client: EndOfStream | null = null;
  server: EndOfStream | null = null;

  /** Takes note of an end. Returns why whatever is still open will stay without (the rest of) its answer; null when it may yet come. */
  ended(side: Side, how: EndOfStream): Failure | null {
    const before = side === 'client' ? this.client : this.server;
    // An RST, or our own end, may follow a FIN: then the other half is gone too.
    if (before !== null && (before !== 'closed' || how === 'closed')) return null;
    if (side === 'client') this.client = how;
    else this.server = how;
    switch (how) {
      case 'stopped':
        return { code: 'capture-stopped', detail: 'Capture was stopped before the answer was complete.' };
      case 'reset':
        return side === 'client'
          ? { code: 'client-reset', detail: 'The client reset the connection before the answer was complete.' }
          : { code: 'upstream-reset', detail: 'The server reset the connection before the answer was complete.' };
      case 'closed':
        // A client that has closed its sending half may still wait for answers.
        if (side === 'client') return null;
        return this.client === 'closed'
          ? {
              code: 'client-gone',
              detail: 'The client closed the connection, and then the server did, before the answer was complete.',
            }
          : { code: 'upstream-closed-early', detail: 'The server closed the connection before the answer was complete.' };
      default:
        return assertNever(how);
    }
  }
}
