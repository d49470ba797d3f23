import { limits } from '../../limits.ts';
import type { FirstWords, Verdict } from '../protocol.ts';
import { inlineCommands } from './commands.ts';

const LF = 10;

/** Bytes that answers of Redis begin with. */
const answers = '+-:$*_#,(!=%~|>';

/**
 * Redis clients send RESP arrays of bulk strings; that needs no answer to be told. An inline command (typed into a terminal, or sent by a health check) may be
 * of several protocols, so that the answer has to be RESP too.
 */
export function detectRedis({ client, server, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server' || client.length === 0) return 'no';
  return client[0] === 0x2a ? startsLikeCommand(client) : startsLikeInline(client, server);
}

/** `*3 CR LF $3 CR LF S`: an array of bulk strings, the first of which is the name of a command. */
function startsLikeCommand(bytes: Buffer): Verdict {
  const text = bytes.toString('latin1', 0, 40);
  const match = /^\*[1-9]\d{0,8}\r\n\$[1-9]\d?\r\n[A-Za-z]/.exec(text);
  if (match !== null) return 'yes';
  return isBeginningOf(text) ? 'more' : 'no';
}

/** The text may go on to be the beginning of a command. */
function isBeginningOf(text: string): boolean {
  const parts = [/^\*/, /^[1-9]\d{0,8}/, /^\r/, /^\n/, /^\$/, /^[1-9]\d?/, /^\r/, /^\n/];
  let rest = text;
  for (const part of parts) {
    if (rest === '') return true;
    const match = part.exec(rest);
    if (match === null) return false;
    rest = rest.slice(match[0].length);
  }
  return rest === '';
}

function startsLikeInline(client: Buffer, server: Buffer): Verdict {
  const end = client.indexOf(LF);
  if (end < 0 && client.length > limits.sniffBytes) return 'no';
  const word = /^[A-Za-z]*/.exec(client.toString('latin1', 0, 24))?.[0].toUpperCase() ?? '';
  const after = client[word.length];
  if (word === '') return 'no';
  if (after === undefined) return [...inlineCommands].some((name) => name.startsWith(word)) ? 'more' : 'no';
  if (after !== 0x20 && after !== 0x0d && after !== LF) return 'no';
  if (!inlineCommands.has(word)) return 'no';
  if (server.length === 0) return 'more';
  return end >= 0 && answers.includes(String.fromCharCode(server[0] as number)) ? 'yes' : 'no';
}
