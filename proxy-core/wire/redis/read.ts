import { limits } from '../../limits.ts';
import type { Reading } from '../../rrpair/reading.ts';
import type { StoredExchange } from '../protocol.ts';
import { contextTexts, SideReading, textOf } from '../reading.ts';
import { commandOf, keysOf } from './commands.ts';
import { wordsOf } from './request-reader.ts';
import { resp } from './resp-reader.ts';
import { inline, isScalar, pairsOf, plain, type RespValue, readValues } from './value.ts';

/** Commands whose answer in RESP2 is names and values in turn. */
const pairAnswers: ReadonlySet<string> = new Set([
  'HGETALL',
  'CONFIG GET',
  'HELLO',
  'HRANDFIELD',
  'MEMORY STATS',
  'XINFO STREAM',
  'PUBSUB NUMSUB',
  'ACL GETUSER',
]);

/** Strings up to here stand in the command's line; longer ones are shown by themselves too. */
const INLINE_CHARS = 120;

/** What a command and its answer say. */
export function readRedis(exchange: StoredExchange): Reading {
  const args = readRequest(exchange);
  return { request: args.side.done(), response: readResponse(exchange, commandOf(args.words)) };
}

function readRequest({ request, requestCut }: StoredExchange): { side: SideReading; words: string[] } {
  const side = new SideReading();
  if (request.length === 0) return { side, words: [] };
  const args = request[0] === resp.array ? argumentsOf(request, side) : inlineArguments(request, side);
  const words = args.map((arg) => textOf(arg.subarray(0, limits.readingCellChars)) ?? '');
  side.text('Command', args.map(quoted).join(' '), 'command');
  const keys = keysOf(words);
  if (keys.length > 1)
    side.fields(
      'Keys',
      keys.map((key, index) => [String(index + 1), key]),
    );
  for (const [index, arg] of args.entries()) {
    if (index > 0 && (arg.length > INLINE_CHARS || looksStructured(arg))) side.value(`Argument ${String(index)}`, arg, arg.length);
  }
  if (requestCut) side.problem = 'Not all of the command was kept.';
  return { side, words };
}

function argumentsOf(request: Buffer, side: SideReading): Buffer[] {
  const { values, problem } = readValues(request, side);
  side.problem = problem;
  const [command] = values;
  if (command?.kind !== 'list') return [];
  return command.values.flatMap((value) => (value.kind === 'string' ? [value.bytes] : []));
}

function inlineArguments(request: Buffer, side: SideReading): Buffer[] {
  const line = request.toString('latin1').trimEnd();
  side.frame({ offset: 0, length: request.length, depth: 0, name: 'Inline command', text: line });
  return wordsOf(line).map(({ text }) => Buffer.from(text, 'latin1'));
}

/** As redis-cli takes it. */
function quoted(arg: Buffer): string {
  const shown = arg.subarray(0, limits.readingCellChars);
  const text = textOf(shown);
  const more = arg.length > shown.length ? '…' : '';
  if (text !== null && /^[^\s"'\\]+$/.test(text)) return text + more;
  const escaped =
    text === null
      ? binary(shown)
      : text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`).replaceAll('\r', String.raw`\r`);
  return `"${escaped}${more}"`;
}

function binary(bytes: Buffer): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : String.raw`\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

function looksStructured(arg: Buffer): boolean {
  return arg.length > 1 && (arg[0] === 0x7b || arg[0] === 0x5b);
}

function readResponse(exchange: StoredExchange, command: string): Reading['response'] {
  const side = new SideReading();
  const { response, responseCut } = exchange;
  if (response.length === 0) return side.done();
  const { values, complete, problem } = readValues(response, side);
  side.problem = problem;
  if (responseCut) side.problem = 'Not all of the answer was kept.';
  else if (!complete && problem === '') side.problem = 'The answer is not complete.';
  const attributes = values.filter(isAttribute);
  const answers = values.filter((value) => !isAttribute(value));
  if (attributes.length > 0)
    side.value('Attributes', json(attributes.map(plain)), json(attributes.map(plain)).length, 'application/json');
  for (const value of answers.slice(0, 50)) show(value, command, exchange, side);
  return side.done();
}

function isAttribute(value: RespValue): boolean {
  return value.kind === 'list' && value.type === resp.attribute;
}

function show(value: RespValue, command: string, exchange: StoredExchange, side: SideReading): void {
  switch (value.kind) {
    case 'null':
      side.text('Answer', '(nil)');
      return;
    case 'text':
      side.text(value.type === resp.error ? 'Error' : 'Answer', value.text, value.type === resp.error ? 'error' : 'plain');
      return;
    case 'string':
      if (value.type === resp.bulkError) side.text('Error', value.bytes.toString('utf8'), 'error');
      else side.value('Value', value.bytes, value.bytes.length, value.bytes.length === 0 ? 'text/plain' : '');
      return;
    default:
      showList(value, command, exchange, side);
  }
}

function showList(list: Extract<RespValue, { kind: 'list' }>, command: string, exchange: StoredExchange, side: SideReading): void {
  const { values, type } = list;
  const { firstRow } = exchange;
  const page = <T>(all: readonly T[]): readonly T[] => all.slice(firstRow, firstRow + limits.readingRows);
  if (command === 'EXEC') {
    const queued = contextTexts(exchange.context, 'queued');
    const rows = values.map((value, index) => [queued[index] ?? '', inline(value)]);
    side.table('Results', [column('Command'), column('Result')], page(rows), firstRow, rows.length);
  } else if (values.length > 0 && (type === resp.map || (pairAnswers.has(command) && values.length % 2 === 0))) {
    const pairs = pairsOf(values);
    const rows = page(pairs).map(([name, each]) => [inline(name), inline(each)]);
    side.table('Answer', [column('Name'), column('Value')], rows, firstRow, pairs.length);
  } else if (values.every(isScalar)) {
    const rows = page(values.map((value, index) => [String(index + 1), value] as const)).map(([index, value]) => [
      index,
      inline(value),
    ]);
    side.table(
      type === resp.push || exchange.request.length === 0 ? 'Message' : 'Answer',
      [column('#'), column('Value')],
      rows,
      firstRow,
      values.length,
    );
  } else {
    const text = json(plain(list));
    side.value('Answer', text, text.length, 'application/json');
  }
}

function column(name: string): { name: string; type: string } {
  return { name, type: '' };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value, null, 2));
}
