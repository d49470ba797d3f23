import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import type { ClientHello } from '../wire/tls/client-hello.ts';
import type { FirstBytes, TlsAgreement } from './connection.ts';
import type { Target } from './route.ts';

/** A client that has sent a ClientHello, and the upstream that it is for. */
export interface TlsConnection {
  info: ConnectionInfo;
  target: Target;
  openedAt: number;
  client: Socket;
  hello: ClientHello;
  first: FirstBytes;
  /** The application's own certificate, which the client is answered with instead of a leaf; its owner vouches for the upstream. */
  ownCertificate?: SecureContext;
  /** The client does not know of us: what we cannot verify passes undecrypted, for it may trust whom we do not know. */
  unseen?: boolean;
  /** The two agreed on TLS in the clear before: a new upstream has to be brought there too. */
  agreement?: TlsAgreement | null;
  /** The upstream was dialled anew. */
  redialled?(upstream: Socket): void;
}
