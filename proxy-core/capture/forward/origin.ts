import type { Leg } from '../pump.ts';
import type { ClientAddress, DialFailure, ForwardParts, Tap } from '../route.ts';
import type { ProxyTarget } from './target.ts';

/** Requests with the same origin may use the same upstream connection. */
export function originOf(target: ProxyTarget): string {
  return `${target.secure ? 'https' : 'http'}://${target.host.toLowerCase()}:${target.port}`;
}

const clientGone: DialFailure = {
  ok: false,
  code: 'client-gone',
  message: 'The client closed the connection before the server was reached.',
};

/** Opens a connection to the origin, over TLS when it is an https one, and a record for it. Never rejects. */
export async function reachOrigin(
  parts: ForwardParts,
  client: ClientAddress,
  { host, port, secure }: ProxyTarget,
  stillWanted: () => boolean,
): Promise<{ ok: true; leg: Leg; tap: Tap } | DialFailure> {
  const target = { host, port };
  const dialled = await parts.dial(target);
  if (!dialled.ok) return dialled;
  if (!stillWanted()) {
    dialled.socket.destroy();
    return clientGone;
  }
  const { socket } = dialled;
  if (!secure) return { ok: true, leg: { stream: socket, socket }, tap: parts.tap(client, target, dialled, null) };
  const secured = await parts.secure(target, dialled);
  if (!secured.ok) return secured;
  if (!stillWanted()) {
    secured.socket.destroy();
    return clientGone;
  }
  return { ok: true, leg: { stream: secured.socket, socket }, tap: parts.tap(client, target, dialled, secured) };
}
