import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import { utf8Of } from '../line-reader.ts';
import type { StoredExchange } from '../protocol.ts';
import { SideReading } from '../reading.ts';
import { headersOf, type Line, linesIn, membersOf } from './lines.ts';

/** What lines and their payloads say. */
export function readNats({ request, requestCut, response, responseCut }: StoredExchange): Reading {
  return { request: readSide(request, requestCut), response: readSide(response, responseCut) };
}

function readSide(bytes: Buffer, cut: boolean): ReadSide {
  const side = new SideReading();
  let read = 0;
  for (const { at, text, line, payloadAt, payload, end } of linesIn(bytes)) {
    side.frame({ offset: at, length: payloadAt - at, depth: 0, name: line.verb, text: utf8Of(line.rest) });
    read = end;
    if (line.bytes < 0) {
      show(side, line, utf8Of(text));
      continue;
    }
    side.frame({ offset: payloadAt, length: Math.min(end, bytes.length) - payloadAt, depth: 1, name: 'Payload', text: '' });
    message(side, line, payload);
  }
  if (cut) side.problem = 'Not all of it was kept.';
  else if (read < bytes.length) side.problem = 'The last line is not complete.';
  return side.done();
}

function show(side: SideReading, { verb, rest }: Line, text: string): void {
  if (verb === 'INFO' || verb === 'CONNECT') {
    const members = Object.entries(membersOf(rest)).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    side.fields(verb === 'INFO' ? 'Server' : 'Session', members);
  } else if (verb === '-ERR') side.text('Error', utf8Of(rest).replaceAll(/^'|'$/g, ''), 'error');
  else side.text('Line', text, 'command');
}

function message(side: SideReading, line: Line, payload: Buffer): void {
  const { subject, reply, headerBytes } = line;
  const { status, fields: headers } = headersOf(line, payload);
  const fields: [string, string][] = [
    ['subject', utf8Of(subject)],
    ['answer to', utf8Of(reply)],
    ['status', status],
  ];
  side.fields('Message', [...fields.filter(([, value]) => value !== ''), ...headers]);
  const body = payload.subarray(headerBytes);
  side.value('Payload', body, body.length);
}
