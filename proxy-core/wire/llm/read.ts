import type { Reading } from '../../rrpair/reading.ts';
import type { ReadMessage } from '../conversation.ts';
import { EventParser } from '../event-stream/event-parser.ts';
import { LineParser } from '../event-stream/line-parser.ts';
import { SideReading } from '../reading.ts';
import { jsonOf, listOf, type Members, ModelAnswer, memberMap, textOf } from './answer.ts';
import { type ModelCall, modelShapeTitles } from './shape.ts';

/** A call of a model as it is stored, bodies decoded. */
export interface StoredModelCall {
  call: ModelCall;
  request: Buffer;
  response: Buffer;
  /** Of the response, in lower case without parameters. */
  responseType: string;
  /** More may come. */
  open: boolean;
}

/** What was said to a model, and what it answered: streamed text joined, tools with their input, tokens counted. */
export function readModelCall(stored: StoredModelCall): Reading {
  return { request: readAsked(stored), response: readAnswered(stored) };
}

/** Messages that are shown. */
const MESSAGES = 200;

function readAsked({ call, request }: StoredModelCall): Reading['request'] {
  const side = new SideReading();
  const asked = memberMap(parsed(request));
  const facts: [string, string][] = [
    ['Interface', modelShapeTitles[call.shape]],
    ['Model', call.model],
  ];
  for (const [name, title] of settings) {
    const value = asked[name] ?? memberMap(asked['generationConfig'] ?? asked['options'])[name];
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') facts.push([title, String(value)]);
  }
  const tools = listOf(asked['tools']).flatMap(toolNames);
  if (tools.length > 0) facts.push(['Tools', tools.join(', ')]);
  side.fields('Call', facts);
  const system = asked['system'] ?? asked['instructions'] ?? asked['systemInstruction'];
  if (contentText(system) !== '') side.text('System', contentText(system));
  const said = listOf(asked['messages'] ?? asked['contents'] ?? asked['input'] ?? asked['prompt']);
  for (const message of said.slice(0, MESSAGES)) {
    const text = contentText(message);
    if (text !== '') side.text(roleOf(message), text);
  }
  if (said.length > MESSAGES) side.problem = `Only the first ${String(MESSAGES)} messages are shown.`;
  else if (request.length > 0 && Object.keys(asked).length === 0)
    side.problem = 'The request is no JSON, or not all of it was kept.';
  return side.done();
}

const settings: readonly [name: string, title: string][] = [
  ['stream', 'Streamed'],
  ['max_tokens', 'Most tokens'],
  ['max_completion_tokens', 'Most tokens'],
  ['max_output_tokens', 'Most tokens'],
  ['maxOutputTokens', 'Most tokens'],
  ['temperature', 'Temperature'],
  ['top_p', 'Top p'],
  ['reasoning_effort', 'Reasoning'],
];

function toolNames(tool: unknown): string[] {
  const { name, function: called, functionDeclarations, type } = memberMap(tool);
  const names = [name, memberMap(called)['name'], ...listOf(functionDeclarations).map((each) => memberMap(each)['name'])];
  const found = names.map(textOf).filter((each) => each !== '');
  return found.length > 0 ? found : [textOf(type)].filter((each) => each !== '');
}

const roles: Readonly<Record<string, string>> = {
  system: 'System',
  developer: 'Developer',
  user: 'User',
  assistant: 'Assistant',
  model: 'Model',
  tool: 'Result of a tool',
};

function roleOf(message: unknown): string {
  const { role, type } = memberMap(message);
  if (type === 'function_call_output') return 'Result of a tool';
  if (type === 'function_call') return 'Assistant';
  return roles[textOf(role)] ?? 'User';
}

/** Levels of parts within parts that are read; interfaces have three. */
const DEEPEST = 8;

/** What a message, a part of one, or a list of parts says as text. */
function contentText(content: unknown, depth = 0): string {
  if (depth > DEEPEST) return '';
  if (typeof content === 'string') return content;
  if (Array.isArray(content))
    return content
      .map((part) => contentText(part, depth + 1))
      .filter((text) => text !== '')
      .join('\n');
  const part = memberMap(content);
  if (Object.keys(part).length === 0) return '';
  const said = [
    textOf(part['text']),
    textOf(part['thinking']),
    contentText(part['content'], depth + 1),
    contentText(part['parts'], depth + 1),
    textOf(part['output']),
    contentText(memberMap(part['functionResponse'])['response'] === undefined ? undefined : jsonOf(part['functionResponse'])),
    ...toolsIn(part),
  ].filter((text) => text !== '');
  return said.length > 0 ? said.join('\n') : attachmentWords(part);
}

/** Tools that an earlier answer asked for. */
function toolsIn(part: Members): string[] {
  const called = [
    ...listOf(part['tool_calls']).map((tool) => memberMap(memberMap(tool)['function'])),
    ...(part['type'] === 'tool_use' || part['type'] === 'function_call' ? [part] : []),
    ...(part['functionCall'] === undefined ? [] : [memberMap(part['functionCall'])]),
  ];
  return called.map(({ name, input, args, arguments: text }) => `${textOf(name)}(${textOf(text) || jsonOf(input ?? args)})`);
}

/** Pictures and files are in the body; here it says that there is one. */
function attachmentWords(part: Members): string {
  const type = textOf(part['type']);
  if (type !== '' && type !== 'text' && !part['content']) return `[${type}]`;
  return part['inlineData'] === undefined ? '' : '[inlineData]';
}

function readAnswered({ response, responseType, open }: StoredModelCall): Reading['response'] {
  const side = new SideReading();
  if (response.length === 0) return side.done();
  const answer = new ModelAnswer();
  const pieces = piecesOf(response, responseType);
  for (const piece of pieces) answer.take(piece);
  const { model, stop, tokens, error, refusal, thinking, texts, tools, vectors } = answer;
  const facts: [string, string][] = [];
  if (model !== '') facts.push(['Model', model]);
  if (stop !== '') facts.push(['Ended because', stop]);
  for (const [name, count] of tokens) facts.push([name, count.toLocaleString('en-US')]);
  if (vectors > 0 && texts.length === 0) facts.push(['Vectors', String(vectors)]);
  side.fields('Answer', facts);
  if (error !== '') side.text('Error', error, 'error');
  if (refusal !== '') side.text('Refusal', refusal);
  if (thinking !== '') side.text('Thinking', thinking);
  for (const [index, text] of texts.entries()) side.text(texts.length === 1 ? 'Text' : `Text ${String(index + 1)}`, text);
  for (const { name, input } of tools) {
    const bytes = Buffer.from(input === '' ? '{}' : input);
    side.value(`Tool ${name}`, bytes, bytes.length, 'application/json');
  }
  if (pieces.length === 0) side.problem = 'The answer is none that can be read: Response shows it.';
  else if (open) side.problem = 'The answer is still coming.';
  return side.done();
}

/** The answer as JSON: one text, or the pieces of a stream. */
function piecesOf(response: Buffer, type: string): unknown[] {
  if (type === 'text/event-stream') return streamed(response, (found) => new EventParser(found));
  if (/ndjson|jsonl/.test(type)) return streamed(response, (found) => new LineParser(found));
  const whole = parsed(response);
  return whole === undefined ? [] : [whole];
}

function streamed(response: Buffer, parser: (found: (message: ReadMessage) => void) => EventParser | LineParser): unknown[] {
  const pieces: unknown[] = [];
  parser(({ payload }) => {
    // What is no JSON, as the mark at the end of a stream, says nothing.
    const piece = parsed(payload);
    if (piece !== undefined) pieces.push(piece);
  }).push(response, null);
  return pieces;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as unknown;
  } catch {
    return undefined; // no JSON
  }
}
