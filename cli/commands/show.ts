import type { ApiClient } from '../../proxy-core/api/client.ts';
import { limits } from '../../proxy-core/limits.ts';
import type { BodySlice, MessageDetail, MessageSide, PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { duration, localTime, printable, printableLines, size, styled } from '../text.ts';

export interface ShowOptions {
  body?: MessageSide;
  json?: boolean;
  dataDir?: string;
}

/** Bytes of a body that a person is shown. */
const shownBytes = 64 * 1024;

export async function show(id: number, options: ShowOptions): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    await client.pairs.flush();
    if (options.body !== undefined) await printBody(client, id, options.body);
    else if (options.json === true) await print(`${JSON.stringify(await withBodies(client, id))}\n`);
    else await printDetail(client, await client.pairs.get({ id }));
    return exitCodes.done;
  });
}

/** Everything of one body, however long, as bytes. */
async function printBody(client: ApiClient, id: number, side: MessageSide): Promise<void> {
  let offset = 0;
  for (;;) {
    const slice = await client.pairs.body({ id, side, offset, length: limits.bodyPageBytes });
    const bytes = Buffer.from(slice.base64, 'base64');
    await print(bytes);
    offset += bytes.length;
    if (bytes.length > 0 && offset < slice.totalBytes) continue;
    if (slice.problem !== '') remark(`sidetap: ${slice.problem}`);
    else if (!slice.complete) remark('sidetap: The body is not complete: not all of it was kept.');
    return;
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
  client: ApiClient,
  id: number,
): Promise<Omit<PairDetail, 'request' | 'response'> & { request: MessageWithBody; response: MessageWithBody | null }> {
  const detail = await client.pairs.get({ id });
  const body = async (side: MessageSide): Promise<JsonBody> => {
    const slice = await client.pairs.body({ id, side, length: limits.bodyPageBytes });
    const bytes = Buffer.from(slice.base64, 'base64');
    const text = textOf(bytes);
    return {
      text,
      base64: text === null ? slice.base64 : null,
      totalBytes: slice.totalBytes,
      complete: slice.complete && bytes.length === slice.totalBytes,
      problem: slice.problem,
    };
  };
  return {
    ...detail,
    request: { ...detail.request, body: await body('request') },
    response: detail.response === null ? null : { ...detail.response, body: await body('response') },
  };
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

async function printDetail(client: ApiClient, pair: PairDetail): Promise<void> {
  const arrow = pair.direction === 'in' ? 'inbound' : 'outbound';
  const status = pair.status === '' ? pair.state : pair.status;
  const lines = [
    styled('bold', printable(`${pair.command} ${isConnection(pair) ? pair.location : pair.host + pair.location} → ${status}`)),
    printable(`#${pair.id} · ${arrow} · ${localTime(pair.startedAt)} · ${pair.technologies.join(', ')}`),
    timing(pair),
  ];
  if (pair.failure !== null) {
    lines.push(
      styled('red', printable(`${pair.failure.sentence}${pair.failure.detail === '' ? '' : ` (${pair.failure.detail})`}`)),
    );
  }
  lines.push(...passedUnread(pair));
  if (pair.replayOf !== null) lines.push(`Replay of #${pair.replayOf}`);
  if (pair.replays.length > 0) lines.push(`Replayed as ${pair.replays.map((id) => `#${id}`).join(', ')}`);
  await print(`${lines.join('\n')}\n`);
  if (isConnection(pair)) return;
  await printMessage(client, pair, 'request', pair.request);
  if (pair.response !== null) await printMessage(client, pair, 'response', pair.response);
}

/** A row for a whole connection, of which nothing was read. */
function isConnection(pair: PairDetail): boolean {
  return pair.protocol === 'tls' || pair.protocol === 'tcp';
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

async function printMessage(client: ApiClient, pair: PairDetail, side: MessageSide, message: MessageDetail): Promise<void> {
  const fields = [...message.headers, ...message.trailers].map(
    ([name, value]) => `${styled('cyan', printable(name))}: ${printable(value)}`,
  );
  await print(`\n${styled('bold', printable(message.startLine))}\n${fields.map((field) => `${field}\n`).join('')}`);
  if (message.payloadBytes === 0) return;
  const slice = await client.pairs.body({ id: pair.id, side, length: shownBytes });
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
