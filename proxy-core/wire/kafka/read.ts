import type { Reading, ReadSide } from '../../rrpair/reading.ts';
import type { StoredExchange } from '../protocol.ts';
import { contextTexts, SideReading } from '../reading.ts';
import { api, apiName, isDescribed, messageFields } from './apis.ts';
import { errorName } from './errors.ts';
import { ANSWER_BYTES, REQUEST_BYTES } from './frames.ts';
import { type Shown, showFields, writtenIn } from './show.ts';
import { showRecords } from './show-records.ts';
import { openTags, structsIn } from './tags.ts';
import { type Struct, Tree } from './tree.ts';
import { Walker } from './walker.ts';

/** What a request and its answer say. */
export function readKafka({ request, requestCut, response, responseCut, summary, context, firstRow }: StoredExchange): Reading {
  const head = request.length >= REQUEST_BYTES ? { key: request.readInt16BE(4), version: request.readInt16BE(6) } : null;
  // A token of SASL has no key.
  const isToken = head === null || apiName(head.key) !== summary.command;
  const names = new Map(pairsOf(contextTexts(context, 'topics')));
  const asked = { side: 'request', bytes: request, cut: requestCut, names, firstRow } as const;
  const answered = { side: 'response', bytes: response, cut: responseCut, names, firstRow } as const;
  if (isToken) return { request: readToken(asked), response: readToken(answered) };
  return { request: readMessage(asked, head.key, head.version), response: readMessage(answered, head.key, head.version) };
}

/** What is kept of a message. */
interface Message {
  side: 'request' | 'response';
  bytes: Buffer;
  cut: boolean;
  names: ReadonlyMap<string, string>;
  firstRow: number;
}

function pairsOf(texts: readonly string[]): [string, string][] {
  return texts.flatMap((id, index): [string, string][] => (index % 2 === 0 ? [[id, texts[index + 1] ?? '']] : []));
}

function readToken({ bytes, cut }: Message): ReadSide {
  const side = new SideReading();
  if (bytes.length > 0) side.frame({ offset: 0, length: bytes.length, depth: 0, name: 'Token', text: 'covered' });
  if (cut) side.problem = 'Not all of it was kept.';
  return side.done();
}

function readMessage({ side, bytes, cut, names, firstRow }: Message, key: number, asked: number): ReadSide {
  const reading = new SideReading();
  const before = side === 'request' ? REQUEST_BYTES : ANSWER_BYTES;
  if (bytes.length < before) return reading.done();
  const version = side === 'response' ? answerVersion(key, asked, bytes) : asked;
  const name = apiName(key);
  const number = bytes.readInt32BE(before - 4);
  const text = `version ${String(version)}, number ${String(number)}`;
  reading.frame({ offset: 0, length: bytes.length, depth: 0, name: side === 'request' ? name : `${name} answer`, text });
  const content = bytes.subarray(before);
  const tree = new Tree();
  const walker = new Walker(messageFields(side, key, version), tree);
  walker.push(content);
  openTags(tree.root, content);
  const shown: Shown = { content, before, names };
  showErrors(reading, tree.root);
  reading.problem = showRecords(reading, writtenIn(tree.root, shown), firstRow);
  showFields(reading, side === 'request' ? name : 'Answer', tree.root, shown, firstRow);
  if (!isDescribed(key, version)) reading.problem = `What version ${String(version)} of ${name} has in it is not known here.`;
  else if (tree.full) reading.problem = 'There is more than is shown.';
  else if (walker.unread) reading.problem ||= 'What follows is not known here.';
  else if (!walker.complete && !isBareRefusal(key, version, bytes))
    reading.problem = walker.problem || 'The message is not complete.';
  if (cut) reading.problem = 'Not all of it was kept.';
  return reading.done();
}

/** A server that does not know the version of ApiVersions answers in the first one. */
function answerVersion(key: number, version: number, bytes: Buffer): number {
  const isUnknown =
    key === api.apiVersions &&
    bytes.length >= ANSWER_BYTES + 2 &&
    errorName(bytes.readInt16BE(ANSWER_BYTES)) === 'UNSUPPORTED_VERSION';
  return isUnknown ? 0 : version;
}

/** Brokers before 2.4 refused a version of ApiVersions with nothing but the error. */
function isBareRefusal(key: number, version: number, bytes: Buffer): boolean {
  return key === api.apiVersions && version === 0 && bytes.length === ANSWER_BYTES + 2;
}

/** The errors in an answer, each once, with what the server says of it. */
function showErrors(reading: SideReading, root: Struct): void {
  const found = new Set<string>();
  const look = (struct: Struct): void => {
    const error = struct.get('error');
    const message = struct.get('errorMessage');
    if (typeof error === 'number' && error !== 0)
      found.add(typeof message === 'string' ? `${errorName(error)}: ${message}` : errorName(error));
    for (const [, value] of struct.fields) for (const inner of structsIn(value)) look(inner);
  };
  look(root);
  if (found.size > 0) reading.text('Error', [...found].join('\n'), 'error');
}
