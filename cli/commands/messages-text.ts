import type { Conversation, MessageRow } from '../../proxy-core/rrpair/conversation.ts';
import { printable, size, styled } from '../text.ts';

/** Messages that a person is shown. */
export const shownMessages = 200;

/** The messages of a stream, one a line. */
export function messagesText(conversation: Conversation): string {
  const { messages, total, matched, facts, end, open, problem } = conversation;
  const lines = [styled('bold', `${String(total)} ${total === 1 ? 'message' : 'messages'}`)];
  for (const [name, value] of facts) lines.push(printable(`${name}: ${value}`));
  lines.push(...messages.map(messageLine));
  const more = matched - messages.length;
  if (more > 0) lines.push(styled('dim', `(${String(more)} more; --json has them)`));
  if (problem !== '') lines.push(styled('red', printable(problem)));
  lines.push(open ? styled('dim', '(still open)') : printable(end));
  return lines.join('\n');
}

function messageLine({ from, kind, label, atMs, bytes, preview, problem, bad }: MessageRow): string {
  const time = atMs === null ? '' : `+${(atMs / 1000).toFixed(3)} s`;
  const what = [kind, label].filter((word) => word !== '').join(' ');
  const line = printable(
    `${from === 'client' ? '→' : '←'} ${time.padStart(10)}  ${what.padEnd(8)} ${size(bytes).padStart(8)}  ${preview}`,
  );
  const said = problem === '' ? line : `${line}\n  ${printable(problem)}`;
  return bad ? styled('red', said) : said;
}
