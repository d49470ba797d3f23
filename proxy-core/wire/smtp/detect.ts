import { textOfLine } from '../line-reader.ts';
import type { FirstWords, Verdict } from '../protocol.ts';
import { replyLineOf } from './lines.ts';

const hello = ['EHLO ', 'HELO ', 'LHLO '];

/**
 * The server greets with 220, as that of FTP does, so that the client's first word has to tell. Inside of TLS that both sides agreed on in the clear, the
 * client begins.
 */
export function detectSmtp({ client, server, spokeFirst }: FirstWords): Verdict {
  const said = saysHello(client);
  if (spokeFirst === 'client') return said;
  if (!'220'.startsWith(server.toString('latin1', 0, 3))) return 'no';
  const end = server.indexOf(10);
  const greeting = end < 0 ? null : replyLineOf(textOfLine(server.subarray(0, end + 1)));
  if (end >= 0 && greeting?.code !== 220) return 'no';
  if (said === 'no') return 'no';
  return said === 'yes' && end >= 0 ? 'yes' : 'more';
}

function saysHello(bytes: Buffer): Verdict {
  const text = bytes.toString('latin1', 0, 5).toUpperCase();
  if (!hello.some((word) => word.startsWith(text))) return 'no';
  return text.length === 5 ? 'yes' : 'more';
}
