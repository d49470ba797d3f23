/** Media types of messages that are sent one after the other while the response goes on. */
const streamTypes = /event-stream|ndjson|jsonl|json-seq|stream\+json|application\/(?:grpc|connect\+)/i;

/** Ends of the name of Content-Type, however it is written: a search for a text is much faster than a pattern on the whole head. */
const nameEnds = ['ype:', 'YPE:'];
/** Characters of a field's value that are looked at. */
const VALUE_CHARS = 80;

/** WebSocket over HTTP/2 (RFC 8441 4), as the decoder of HTTP/2 writes it: no upgrade, and no media type. */
const SOCKET_FIELD = '\n:protocol: websocket\r';

/** The head of a message whose times are worth keeping (see `ExchangeHandle.streams`). Only asked for those whose length is not stated: most have one. */
export function isStreamHead(head: Buffer): boolean {
  const text = head.toString('latin1');
  if (text.startsWith('CONNECT ') && text.includes(SOCKET_FIELD)) return true;
  for (const nameEnd of nameEnds) {
    for (let at = text.indexOf(nameEnd); at >= 0; at = text.indexOf(nameEnd, at + 1)) {
      if (streamTypes.test(text.slice(at, at + VALUE_CHARS))) return true;
    }
  }
  return false;
}
