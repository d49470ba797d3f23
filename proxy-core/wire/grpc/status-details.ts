import type { ReadMessage } from '../conversation.ts';
import { callMessage, namedBy } from './message.ts';
import { ProtoNames } from './names.ts';
import { protobufJson } from './protobuf.ts';
import { STATUS } from './rpc-messages.ts';
import { scanFields, VARINT } from './scan.ts';
import { statusName } from './status.ts';

/** Those that everybody has. */
const builtIn = new ProtoNames([]);

/** Where a server says more of an error. */
const detailsIn = { field: ['Field', 'grpc-status-details-bin'], json: ['Member', 'details'] } as const;

/** What the field `grpc-status-details-bin`, or Connect, says of an error, as a message of the server: a google.rpc.Status whose details are read by their names. */
export function detailsMessage(value: string, names: ProtoNames | null, where: keyof typeof detailsIn = 'field'): ReadMessage {
  const payload = binaryValue(value);
  const known = names ?? builtIn;
  const message = callMessage({
    from: 'server',
    payload,
    json: false,
    named: namedBy(known, known.message(STATUS)),
    atMs: null,
    wireBytes: value.length,
    facts: [[...detailsIn[where]]],
    problem: '',
  });
  const problem = message.text === undefined ? 'What the server says of the error is no google.rpc.Status.' : '';
  return { ...message, kind: 'details', label: problem === '' ? codeIn(payload) : '', problem, bad: true };
}

/** The same as JSON; null when it is none. */
export function detailsJson(payload: Buffer): string | null {
  const named = namedBy(builtIn, builtIn.message(STATUS));
  return named === null ? null : (protobufJson(payload, named)?.json ?? null);
}

/** Binary metadata is base64, with padding or without (gRPC over HTTP2, Custom-Metadata); of several values in one field the first. */
export function binaryValue(value: string): Buffer {
  return Buffer.from(value.split(',', 1)[0] ?? '', 'base64');
}

function codeIn(payload: Buffer): string {
  let code = 0n;
  scanFields(payload, 0, payload.length, false, (sent) => {
    if (sent.number === 1 && sent.wire === VARINT) code = sent.value;
  });
  return statusName(String(code));
}
