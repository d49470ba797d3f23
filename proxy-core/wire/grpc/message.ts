import { limits } from '../../limits.ts';
import type { HeaderField } from '../../rrpair/shapes.ts';
import type { ReadMessage } from '../conversation.ts';
import { headerValue } from '../http1/head.ts';
import type { MessageType, ProtoNames } from './names.ts';
import { type Named, oneofsOf, protobufJson, protobufText } from './protobuf.ts';

/** What was sent as one message of a call. */
interface Sent {
  from: ReadMessage['from'];
  /** Decompressed where that could be done, in memory of its own. */
  payload: Buffer;
  /** It is JSON, and not of Protocol Buffers. */
  json: boolean;
  named: Named | null;
  atMs: number | null;
  wireBytes: number;
  facts: [name: string, value: string][];
  problem: string;
}

/** A message of a call as it is listed. */
export function callMessage({ from, payload, json, named, atMs, wireBytes, facts, problem }: Sent): ReadMessage {
  const read = json || problem !== '' ? null : readFields(payload, named);
  const text = read?.text ?? null;
  return {
    from,
    kind: 'message',
    label: '',
    atMs,
    bytes: payload.length,
    wireBytes,
    facts: [...facts, ...(read?.facts ?? [])],
    problem,
    bad: problem !== '',
    payload,
    mediaType: json ? 'application/json' : text === null && payload.length > 0 ? '' : 'application/x-protobuf',
    ...(text === null ? {} : { text }),
    ...(read?.named === undefined ? {} : { named: read.named }),
  };
}

/** A message by names where they are known, else by numbers; nothing where its bytes are none. */
function readFields(payload: Buffer, named: Named | null): Pick<ReadMessage, 'text' | 'facts' | 'named'> {
  const text = protobufText(payload, limits.messagePreviewChars * 2, named);
  if (text === null || named === null) return { facts: [], ...(text === null ? {} : { text }) };
  const oneofs = oneofsOf(payload, named).map((chosen): [string, string] => ['One of', chosen]);
  return {
    text,
    facts: [['Type', named.type.name], ...oneofs],
    named: () => {
      const read = protobufJson(payload, named);
      return read === null ? null : { type: named.type.name, ...read };
    },
  };
}

export function namedBy(names: ProtoNames | null, type: MessageType | null | undefined): Named | null {
  return names === null || type === null || type === undefined ? null : { names, type };
}

export function isJson(headers: readonly HeaderField[]): boolean {
  return /[+/]json\b/i.test(headerValue(headers, 'content-type') ?? '');
}
