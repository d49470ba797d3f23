import type { Container } from '../../proxy-core/rrpair/containers.ts';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';

/** Why a container's TLS connection was not read, and what opens the way to change that. */
export interface Undecrypted {
  text: string;
  /** `tls`: make the container trust our CA. `key`: give the key pair of the application. Null where nothing can be done. */
  fix: 'tls' | 'key' | null;
}

type Row = Pick<PairSummary, 'protocol' | 'direction' | 'error' | 'host'>;

const DISTRUST = /not trust/i;

/** Null for whatever is not a TLS connection that passed unread. `reason` is what the connection itself says, where that is known. */
export function undecrypted(row: Row, container: Pick<Container, 'trust'>, reason?: string): Undecrypted | null {
  if (row.protocol !== 'tls') return null;
  if (row.direction === 'in') {
    return container.trust.serverKey
      ? { text: 'TLS, not read with the key pair given', fix: 'key' }
      : { text: 'TLS with the application’s own key', fix: 'key' };
  }
  if (row.error === 'client-rejected-certificate') return { text: 'TLS, not trusted by this container', fix: 'tls' };
  const why = reason ?? container.trust.refused.find(({ destination }) => isSameHost(destination, row.host))?.reason ?? '';
  if (DISTRUST.test(why)) return { text: 'TLS, not trusted by this container', fix: 'tls' };
  return { text: why === '' ? 'TLS, not read' : `TLS, not read: ${why}`, fix: null };
}

/** The list leaves out the usual port, what the agent tells has it. */
function isSameHost(destination: string, host: string): boolean {
  return destination === host || destination === `${host}:443`;
}
