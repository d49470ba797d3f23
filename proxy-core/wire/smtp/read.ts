import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import { textOfLine, utf8Of } from '../line-reader.ts';
import type { StoredExchange } from '../protocol.ts';
import { SideReading } from '../reading.ts';
import { addressOf, commandLineOf, replyLineOf } from './lines.ts';

/** What commands, mails and replies say. */
export function readSmtp(exchange: StoredExchange): Reading {
  return { request: readRequest(exchange), response: readResponse(exchange) };
}

function readRequest({ request, requestCut }: StoredExchange): ReadSide {
  const side = new SideReading();
  const commands: string[] = [];
  const envelope: [string, string][] = [];
  const message: Buffer[] = [];
  let at = 0;
  for (let end = request.indexOf(10); end >= 0; end = request.indexOf(10, at)) {
    const text = utf8Of(textOfLine(request.subarray(at, end + 1)));
    const { verb, rest } = commandLineOf(text);
    side.frame({ offset: at, length: end + 1 - at, depth: 0, name: verb === '' ? 'Answer' : verb, text: rest });
    at = end + 1;
    commands.push(text);
    if (verb === 'MAIL') envelope.push(['from', addressOf(rest)]);
    else if (verb === 'RCPT') envelope.push(['to', addressOf(rest)]);
    else if (verb === 'DATA' || verb === 'BDAT') {
      const bytes = verb === 'DATA' ? request.length - at : Number(/^\d{1,10}/.exec(rest)?.[0] ?? 0);
      const part = request.subarray(at, at + bytes);
      if (part.length > 0) side.frame({ offset: at, length: part.length, depth: 1, name: 'Message', text: '' });
      message.push(verb === 'DATA' ? unstuffed(part) : part);
      at += bytes;
    }
  }
  side.fields('Envelope', envelope);
  if (message.length > 0) showMessage(side, Buffer.concat(message));
  if (commands.length > 0) side.text(commands.length === 1 ? 'Command' : 'Commands', commands.join('\n'), 'command');
  if (requestCut) side.problem = 'Not all of it was kept.';
  else if (at < request.length) side.problem = 'The last line is not complete.';
  return side.done();
}

/** Without the line that ends it, and the dots that were added (RFC 5321, 4.5.2). */
function unstuffed(part: Buffer): Buffer {
  const text = part.toString('latin1');
  const whole = text === '.\r\n' ? '' : text.endsWith('\r\n.\r\n') ? text.slice(0, -3) : text;
  return Buffer.from(whole.replaceAll(/^\.(?=.)/gm, ''), 'latin1');
}

function showMessage(side: SideReading, message: Buffer): void {
  const split = message.indexOf('\r\n\r\n');
  const head = utf8Of(message.toString('latin1', 0, split < 0 ? message.length : split));
  // A line that begins with a blank goes on with the one before (RFC 5322, 2.2.3).
  const headers = head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon <= 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()]];
    });
  side.fields('Headers', headers);
  const body = split < 0 ? Buffer.alloc(0) : message.subarray(split + 4);
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  side.value('Body', body, body.length, type.split(';')[0]?.trim() ?? '');
}

function readResponse({ response, responseCut }: StoredExchange): ReadSide {
  const side = new SideReading();
  const lines: string[] = [];
  const errors: string[] = [];
  let at = 0;
  for (let end = response.indexOf(10); end >= 0; end = response.indexOf(10, at)) {
    const text = utf8Of(textOfLine(response.subarray(at, end + 1)));
    const reply = replyLineOf(text);
    side.frame({
      offset: at,
      length: end + 1 - at,
      depth: 0,
      name: reply === null ? 'Line' : String(reply.code),
      text: reply?.text ?? text,
    });
    at = end + 1;
    lines.push(text);
    if (reply !== null && reply.code >= 400) errors.push(text);
  }
  if (errors.length > 0) side.text('Error', errors.join('\n'), 'error');
  if (lines.length > 0) side.text('Replies', lines.join('\n'));
  if (responseCut) side.problem = 'Not all of it was kept.';
  else if (at < response.length) side.problem = 'The last line is not complete.';
  return side.done();
}
