import type { ApiClient } from '../../proxy-core/api/client.ts';
import { limits } from '../../proxy-core/limits.ts';
import type { Caused } from '../../proxy-core/rrpair/caused.ts';
import type { MessageRow } from '../../proxy-core/rrpair/conversation.ts';
import { protocolFacts } from '../../proxy-core/rrpair/protocols.ts';
import type { Reading } from '../../proxy-core/rrpair/reading.ts';
import type { BodySlice, MessageDetail, MessageSide, PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { duration, localTime, printable, printableLines, size, styled } from '../text.ts';
import { causedLines } from './caused-text.ts';
import { markText } from './mark-text.ts';
import { messagesText, shownMessages } from './messages-text.ts';
import { sideText } from './reading-text.ts';

export interface ShowOptions {
  body?: MessageSide;
  snapshot?: string;
  json?: boolean;
  dataDir?: string;
}

/** Bytes of a body that a person is shown. */
const shownBytes = 64 * 1024;
/** More of them, the filter `pushed-by:` lists. */
const shownPushes = 6;

/** Reads of what is stored, or of a snapshot. */
type Pairs = Pick<ApiClient['pairs'], 'get' | 'body' | 'reading' | 'messages' | 'caused'>;

function pairsOf({ pairs }: ApiClient, snapshot: string | undefined): Pairs {
  return {
    get: (input, ...rest) => pairs.get({ ...input, snapshot }, ...rest),
    body: (input, ...rest) => pairs.body({ ...input, snapshot }, ...rest),
    reading: (input, ...rest) => pairs.reading({ ...input, snapshot }, ...rest),
    caused: (input, ...rest) => pairs.caused({ ...input, snapshot }, ...rest),
    messages: (input, ...rest) => pairs.messages({ ...input, snapshot }, ...rest),
  };
}

export async function show(id: number, options: ShowOptions): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    await client.pairs.flush();
    const from = pairsOf(client, options.snapshot);
    if (options.body !== undefined) await printBody(from, id, options.body);
    else if (options.json === true) await print(`${JSON.stringify(await withBodies(from, id))}\n`);
    else await printDetail(from, await from.get({ id }));
    return exitCodes.done;
  });
}

/** Everything of one body, however long, as bytes. */
async function printBody(from: Pairs, id: number, side: MessageSide): Promise<void> {
  let last: BodySlice | undefined;
  for await (const slice of pages(from, id, side)) {
    await print(Buffer.from(slice.base64, 'base64'));
    last = slice;
  }
  if (last === undefined) return;
  if (last.problem !== '') remark(`sidetap: ${last.problem}`);
  else if (!last.complete) remark('sidetap: The body is not complete: not all of it was kept.');
}

/** A body piece by piece; at least one, which may be empty. */
async function* pages(from: Pairs, id: number, side: MessageSide): AsyncGenerator<BodySlice, void, void> {
  let offset = 0;
  for (;;) {
    const slice = await from.body({ id, side, offset, length: limits.bodyPageBytes });
    yield slice;
    const bytes = Buffer.byteLength(slice.base64, 'base64');
    offset += bytes;
    if (bytes === 0 || offset >= slice.totalBytes) return;
  }
}

interface JsonBody {
  /** Null where the bytes are no text; then `base64` has them. */
  text: string | null;
  base64: string | null;
  totalBytes: number;
  /** All of it is here. */
  complete: boolean;
  problem: string;
}

type MessageWithBody = MessageDetail & { body: JsonBody };

async function withBodies(
  from: Pairs,
  id: number,
): Promise<
  Omit<PairDetail, 'request' | 'response'> & {
    request: MessageWithBody;
    response: MessageWithBody | null;
    reading?: Reading | null;
    caused: Caused;
    messages?: MessageRow[];
  }
> {
  const detail = await from.get({ id });
  const body = async (side: MessageSide): Promise<JsonBody> => {
    const parts: Buffer[] = [];
    let bytes = 0;
    let last: BodySlice | undefined;
    for await (const slice of pages(from, id, side)) {
      const part = Buffer.from(slice.base64, 'base64');
      parts.push(part);
      bytes += part.length;
      last = slice;
      if (bytes >= limits.shownBodyBytes) break;
    }
    const body = Buffer.concat(parts);
    const text = textOf(body);
    return {
      text,
      base64: text === null ? body.toString('base64') : null,
      totalBytes: last?.totalBytes ?? 0,
      complete: last?.complete === true && bytes === last.totalBytes,
      problem: last?.problem ?? '',
    };
  };
  return {
    ...detail,
    request: { ...detail.request, body: await body('request') },
    response: detail.response === null ? null : { ...detail.response, body: await body('response') },
    ...(detail.conversation === null ? {} : { messages: await allMessages(from, id) }),
    ...(isDecoded(detail) || detail.model !== null ? { reading: await from.reading({ id }) } : {}),
    caused: await from.caused({ id }),
  };
}

/** All that was read of a stream, page after page. */
async function allMessages(from: Pairs, id: number): Promise<MessageRow[]> {
  const all: MessageRow[] = [];
  for (;;) {
    const page = await from.messages({ id, offset: all.length, limit: limits.messagePage });
    if (page === null || page.messages.length === 0) return all;
    all.push(...page.messages);
  }
}

/** UTF-8 text, or null where the bytes are none. A cut in the middle of a character is none of the text's faults. */
function textOf(bytes: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    // oxlint-disable-next-line no-control-regex -- NUL is what tells binary data from text
    return /\u0000/.test(text) ? null : text;
  } catch {
    return null; // not UTF-8
  }
}

async function printDetail(from: Pairs, pair: PairDetail): Promise<void> {
  const status = pair.status === '' ? pair.state : pair.status;
  const lines = [
    styled('bold', printable(`${pair.command} ${placeOf(pair)} → ${status}`)),
    printable(`#${pair.id} · ${wayOf(pair)} · ${localTime(pair.startedAt)} · ${pair.technologies.join(', ')}`),
    timing(pair),
  ];
  if (pair.failure !== null) {
    lines.push(
      styled('red', printable(`${pair.failure.sentence}${pair.failure.detail === '' ? '' : ` (${pair.failure.detail})`}`)),
    );
  }
  lines.push(...passedUnread(pair));
  if (pair.colour !== null || pair.note !== '') lines.push(`Marked ${printableLines(markText(pair))}`);
  lines.push(...pair.otherEnds.map(otherEnd));
  if (pair.promisedWith !== null) lines.push(printable(pushed(pair.promisedWith)));
  if (pair.pushes.length > 0) lines.push(printable(`Pushed with it: ${pushesText(pair.pushes)}`));
  if (pair.replayOf !== null) lines.push(`Replay of #${pair.replayOf}`);
  lines.push(...causedLines(pair, await from.caused({ id: pair.id })));
  if (pair.replays.length > 0) lines.push(`Replayed as ${pair.replays.map((id) => `#${id}`).join(', ')}`);
  await print(`${lines.join('\n')}\n`);
  if (isConnection(pair)) return;
  if (isDecoded(pair)) {
    await printReading(from, pair);
    return;
  }
  const streams = pair.conversation;
  if (pair.model !== null) {
    await printReading(from, pair);
    return;
  }
  await printMessage(from, pair, 'request', pair.request, streams !== 'websocket');
  if (pair.response !== null) await printMessage(from, pair, 'response', pair.response, streams === null);
  if (streams === null) return;
  const conversation = await from.messages({ id: pair.id, limit: shownMessages });
  if (conversation !== null) await print(`\n${messagesText(conversation)}\n`);
}

/** What was called: an address, or what the command was about and where. */
function placeOf(pair: PairDetail): string {
  if (isConnection(pair)) return pair.location;
  return isDecoded(pair) ? `${pair.location} (${pair.host})`.trimStart() : pair.host + pair.location;
}

/** `inbound`, and where there are containers: who called whom. */
function wayOf({ direction, source, connection }: PairDetail): string {
  const inbound = direction === 'in';
  const word = inbound ? 'inbound' : 'outbound';
  if (source === 'local' || source === 'replay') return word;
  const client = connection.clientName === '' ? connection.clientAddress : `${connection.clientName} (${connection.clientAddress})`;
  if (!inbound) return `${word} from ${source}`;
  return `${word} to ${source}${connection.clientAddress === '' ? '' : ` from ${client}`}`;
}

/** The same call, as it was captured where it came from or where it arrived. */
function otherEnd({ id, direction, source }: PairDetail['otherEnds'][number]): string {
  return printable(`The other end of this call: #${id}, ${direction === 'in' ? 'arriving at' : 'leaving'} ${source}`);
}

function pushed({ method, path, id }: NonNullable<PairDetail['promisedWith']>): string {
  return `Pushed by the server, which promised it when this was asked for: ${method} ${path}${id === null ? '' : ` (#${String(id)})`}`;
}

function pushesText(pushes: PairDetail['pushes']): string {
  const shown = pushes.slice(0, shownPushes).map(({ id, location }) => `${location} (#${String(id)})`);
  const more = pushes.length > shownPushes ? ` and ${String(pushes.length - shownPushes)} more` : '';
  return `${shown.join(', ')}${more}`;
}

/** A row for a whole connection, of which nothing was read. */
function isConnection(pair: PairDetail): boolean {
  return protocolFacts(pair.protocol).kind === 'connection';
}

/** A command and its answer, of a protocol without heads. */
function isDecoded(pair: PairDetail): boolean {
  return protocolFacts(pair.protocol).kind === 'decoded';
}

/** What was asked and answered, as the window shows it. */
async function printReading(from: Pairs, pair: PairDetail): Promise<void> {
  const reading = await from.reading({ id: pair.id });
  if (reading === null) return;
  if (pair.connection.session.length > 0)
    await print(`${printable(pair.connection.session.map((fact) => fact.join(' ')).join(' · '))}\n`);
  for (const side of [reading.request, reading.response]) {
    const text = sideText(side);
    if (text !== '') await print(`\n${text}\n`);
  }
}

/** What is known of a connection that passed unread. */
function passedUnread(pair: PairDetail): string[] {
  if (!isConnection(pair)) return [];
  const tls = pair.connection.clientTls;
  const lines = [`${size(pair.requestBytes)} from the client · ${size(pair.responseBytes)} from the server`];
  if (tls !== null && tls.serverName !== '') lines.push(printable(`TLS for ${tls.serverName}`));
  if (tls !== null && tls.reason !== '') lines.push(printable(tls.reason));
  return lines;
}

function timing(pair: PairDetail): string {
  const parts = [
    ['latency', duration(pair.latencyMs)],
    ['duration', duration(pair.durationMs)],
    ['connect', duration(pair.timing.dialMs === 0 ? null : pair.timing.dialMs)],
    ['TLS', duration(pair.timing.tlsMs === 0 ? null : pair.timing.tlsMs)],
  ];
  return parts
    .filter(([, value]) => value !== '')
    .map((part) => part.join(' '))
    .join(' · ');
}

async function printMessage(
  from: Pairs,
  pair: PairDetail,
  side: MessageSide,
  message: MessageDetail,
  body: boolean,
): Promise<void> {
  const fields = [...message.headers, ...message.trailers].map(
    ([name, value]) => `${styled('cyan', printable(name))}: ${printable(value)}`,
  );
  await print(`\n${styled('bold', printable(message.startLine))}\n${fields.map((field) => `${field}\n`).join('')}`);
  if (message.payloadBytes === 0 || !body) return;
  const slice = await from.body({ id: pair.id, side, length: shownBytes });
  await print(`\n${bodyText(slice, pair.id, side)}\n`);
}

function bodyText(slice: BodySlice, id: number, side: MessageSide): string {
  const bytes = Buffer.from(slice.base64, 'base64');
  const text = textOf(bytes);
  const whole = `\`sidetap show ${id} --body ${side}\` writes it as it is`;
  const notes: string[] = [];
  if (slice.problem !== '') notes.push(slice.problem);
  if (text === null) notes.push(`${size(slice.totalBytes)} of binary data; ${whole}`);
  else if (bytes.length < slice.totalBytes) notes.push(`${size(slice.totalBytes - bytes.length)} more; ${whole}`);
  if (!slice.complete && slice.problem === '') notes.push('not all of it was kept');
  const note = notes.length === 0 ? '' : styled('dim', `(${notes.join('; ')})`);
  return [text === null ? '' : printableLines(text).trimEnd(), note].filter((part) => part !== '').join('\n');
}
