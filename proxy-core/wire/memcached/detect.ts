import { textOfLine } from '../line-reader.ts';
import type { FirstWords, Verdict } from '../protocol.ts';
import { REQUEST } from './binary.ts';
import { knownCommands } from './commands.ts';

const storage = /^(?:set|add|replace|append|prepend|cas) [^\s]{1,250} \d{1,10} -?\d{1,10} \d{1,10}(?: |$)/;
const answers =
  /^(?:VALUE \S|END$|STORED$|NOT_STORED$|EXISTS$|NOT_FOUND$|DELETED$|TOUCHED$|ERROR$|CLIENT_ERROR |SERVER_ERROR |\d{1,20} *$|VERSION |OK$|STAT |RESET$|HD(?: |$)|VA \d|EN$|NF(?: |$)|NS(?: |$)|EX(?: |$)|MN$|ME )/;

/** A line with a value behind it has a shape of its own; other commands may be of several protocols, so that the answer has to fit too. */
export function detectMemcached({ client, server, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server' || client.length === 0) return 'no';
  if (client[0] === REQUEST) return startsLikeBinary(client);
  const end = client.indexOf(10);
  const line = textOfLine(end < 0 ? client : client.subarray(0, end + 1));
  const [word = ''] = line.split(' ', 1);
  if (end < 0) {
    const known = line.includes(' ') ? knownCommands.includes(word) : knownCommands.some((name) => name.startsWith(word));
    return known ? 'more' : 'no';
  }
  if (!knownCommands.includes(word)) return 'no';
  if (storage.test(line)) return 'yes';
  const answerEnd = server.indexOf(10);
  if (answerEnd < 0) return server.length > 0 && !/^[A-Z\d]/.test(server.toString('latin1', 0, 1)) ? 'no' : 'more';
  return answers.test(textOfLine(server.subarray(0, answerEnd + 1))) ? 'yes' : 'no';
}

/** A known command, no data type, and a body that its key and its extras fit into. */
function startsLikeBinary(bytes: Buffer): Verdict {
  if (bytes.length < 24) return 'more';
  const extras = bytes[4] as number;
  const fits = bytes.readUInt32BE(8) >= extras + bytes.readUInt16BE(2);
  return (bytes[1] as number) <= 0x48 && bytes[5] === 0 && extras <= 20 && fits ? 'yes' : 'no';
}
