import type { FirstWords, Verdict } from '../protocol.ts';

const INFO = 'INFO {"';
const CONNECT = 'CONNECT {';

/** The server begins with INFO. Inside of TLS that it asked for in the clear, the client begins with CONNECT. */
export function detectNats({ client, server, spokeFirst }: FirstWords): Verdict {
  return spokeFirst === 'server' ? begins(server, INFO) : begins(client, CONNECT);
}

function begins(bytes: Buffer, words: string): Verdict {
  const text = bytes.toString('latin1', 0, words.length).toUpperCase();
  if (!words.startsWith(text)) return 'no';
  return text.length === words.length ? 'yes' : 'more';
}
