import type { StoredStream } from './conversation.ts';

/** How a stream ended whose own protocol has no word for it. `regular` is what a proper end of the exchange means. */
export function connectionEnd({ failure }: StoredStream, regular: string): string {
  switch (failure?.code) {
    case undefined:
      return regular;
    case 'client-reset':
      return 'The client reset the connection.';
    case 'upstream-reset':
      return 'The server reset the connection.';
    case 'client-gone':
      return 'The client closed the connection.';
    case 'upstream-closed-early':
      return 'The server closed the connection before the stream was complete.';
    case 'capture-stopped':
      return 'Capture was stopped while it was open.';
    case 'engine-died':
      return 'Sidetap ended while it was open.';
    default:
      return failure?.detail ?? '';
  }
}
