import { type ErrorCode, SidetapError } from '../../proxy-core/errors.ts';
import type { BodyForm, MessageSide } from '../../proxy-core/rrpair/shapes.ts';
import { takeToken } from './token.ts';

/** Shortest time between two words about how far it is, ms. */
const TELL_MILLIS = 100;

/** The bytes of a body from `offset` on. `loaded` is called, now and then, with how many of the body's are there. */
export async function bodyFrom(
  what: { id: number; side: MessageSide; form: BodyForm; snapshot?: string },
  offset: number,
  signal: AbortSignal,
  loaded: (bytes: number) => void,
): Promise<Blob> {
  const { id, ...rest } = what;
  const query = new URLSearchParams({ ...rest, offset: String(offset) }).toString();
  const token = takeToken(window.location, window.history, window.sessionStorage);
  const response = await fetch(`/api/pairs/${id}/bytes?${query}`, { signal, headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok || response.body === null) throw await refusalOf(response);
  let bytes = offset;
  let told = performance.now();
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytes += chunk.length;
      controller.enqueue(chunk);
      if (performance.now() - told < TELL_MILLIS) return;
      told = performance.now();
      loaded(bytes);
    },
  });
  return new Response(response.body.pipeThrough(counted)).blob();
}

async function refusalOf(response: Response): Promise<SidetapError> {
  const { code = 'internal', message = 'The engine did not send the body.' } = (await response.json()) as {
    code?: ErrorCode;
    message?: string;
  };
  return new SidetapError(code, message);
}
