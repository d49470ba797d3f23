import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import { Content } from '../content.ts';
import type { StoredExchange } from '../protocol.ts';
import { SideReading } from '../reading.ts';
import { type ContentHeader, contentHeaderOf, framesIn, frameType, PROTOCOL_HEADER, saidOf } from './frames.ts';
import { methodOf } from './methods.ts';

/** What methods and messages say. */
export function readAmqp({ request, requestCut, response, responseCut }: StoredExchange): Reading {
  return { request: readSide(request, requestCut), response: readSide(response, responseCut) };
}

function readSide(bytes: Buffer, cut: boolean): ReadSide {
  const side = new SideReading();
  let at = 0;
  if (bytes.subarray(0, 8).equals(PROTOCOL_HEADER)) {
    side.frame({ offset: 0, length: 8, depth: 0, name: 'Protocol header', text: 'AMQP 0-9-1' });
    at = 8;
  }
  let header: ContentHeader | null = null;
  const body: Buffer[] = [];
  for (const { at: offset, type, content, end } of framesIn(bytes, at)) {
    const frame = { offset, length: Math.min(bytes.length, end) - offset, depth: 0 };
    at = end;
    if (type === frameType.method) {
      const { id, values } = saidOf(new Content(content));
      const name = methodOf(id)?.name ?? 'Method';
      const fields = Object.entries(values).filter(([, value]) => value !== '' && value !== '{}');
      side.frame({ ...frame, name, text: fields.map(([field, value]) => `${field}=${value}`).join(' ') });
      const isError = name.endsWith('Close') && values['code'] !== '200';
      if (isError) side.text('Error', values['text'] ?? '', 'error');
      side.fields(name, fields);
    } else if (type === frameType.header) {
      header = contentHeaderOf(new Content(content));
      side.frame({ ...frame, name: 'Header', text: `${String(header.bytes)} bytes` });
    } else {
      side.frame({ ...frame, name: type === frameType.body ? 'Body' : 'Frame', text: '' });
      body.push(content);
    }
  }
  if (header !== null) showMessage(side, header, Buffer.concat(body));
  if (cut) side.problem = 'Not all of it was kept.';
  else if (at !== bytes.length) side.problem = 'The last frame is not complete.';
  return side.done();
}

function showMessage(side: SideReading, header: ContentHeader, body: Buffer): void {
  side.fields('Properties', header.properties);
  const mediaType = header.properties.find(([name]) => name === 'content type')?.[1] ?? '';
  side.value('Message', body, Math.max(header.bytes, body.length), mediaType);
}
