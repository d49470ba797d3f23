import type { Flag, NumberField, TextField } from './ast.ts';

/** What kind of value a field takes, and with it which operators. */
export type FieldKind =
  | 'text'
  | 'word'
  | 'direction'
  | 'status'
  | 'millis'
  | 'bytes'
  | 'time'
  | 'number'
  | 'header'
  | 'body'
  | 'flag';

export interface FilterField {
  name: string;
  aliases: readonly string[];
  kind: FieldKind;
  /** For autocomplete: what it holds. */
  description: string;
  /** For autocomplete: a condition as it may be typed. */
  example: string;
  /** All values that there are, where they are few. */
  values: readonly string[];
}

const field = (
  name: string,
  kind: FieldKind,
  description: string,
  example: string,
  more: { aliases?: readonly string[]; values?: readonly string[] } = {},
): FilterField => ({ name, kind, description, example, aliases: more.aliases ?? [], values: more.values ?? [] });

/** What `is:` may ask. */
export const flags: readonly Flag[] = ['noise', 'pinned', 'open', 'replay', 'failed'];

/** Every field of the filter language, for autocomplete and for its documentation. */
export const filterFields: readonly FilterField[] = [
  field('direction', 'direction', 'in: a call that the application receives, out: one that it makes', 'direction:out', {
    aliases: ['dir'],
    values: ['in', 'out'],
  }),
  field('tech', 'text', 'A technology that was detected', 'tech:graphql', { aliases: ['technology'] }),
  field('protocol', 'word', 'What the bytes were read as', 'protocol:https', { values: ['http', 'https', 'tls', 'tcp'] }),
  field('command', 'text', 'HTTP: the method', 'method:POST', { aliases: ['method'] }),
  field('host', 'text', 'Host as the application names it; localhost is 127.0.0.1 and ::1 too', 'host:api.example.com'),
  field('path', 'text', 'HTTP: path and query', 'path:/v1/users', { aliases: ['location', 'url'] }),
  field('status', 'status', 'HTTP: the status code; a failure code where no response came', 'status:5xx'),
  field('latency', 'millis', 'First byte of the request to first byte of the response', 'latency:>200ms'),
  field('duration', 'millis', 'First byte of the request to last byte of the response', 'duration:>1s'),
  field('size', 'bytes', 'Bytes of both bodies together', 'size:>1mb'),
  field('time', 'time', 'When it began', 'time:>-5m'),
  field('header', 'header', 'A header field of the request or the response', 'header[content-type]:json'),
  field('body', 'body', 'Content of the request or the response, decoded', 'body:"out of stock"'),
  field('error', 'text', 'Code of the failure', 'error:upstream-refused'),
  field('source', 'text', 'What it was captured from', 'source:local'),
  field('id', 'number', 'Number of the pair', 'id:100..200'),
  field('is', 'flag', 'Noise, pinned, still open, a replay, or ended by a failure', 'is:pinned', { values: flags }),
];

const byName = new Map(filterFields.flatMap((each) => [each.name, ...each.aliases].map((name) => [name, each] as const)));

/** The field of this name or alias, whatever the case. */
export function findField(name: string): FilterField | undefined {
  return byName.get(name.toLowerCase());
}

/** Names of the fields whose value is text, by their name in the AST. */
export function isTextField(name: string): name is TextField {
  return ['tech', 'protocol', 'command', 'host', 'path', 'status', 'error', 'source'].includes(name);
}

export function isNumberField(name: string): name is NumberField {
  return ['status', 'latency', 'duration', 'size', 'time', 'id'].includes(name);
}

export function isFlag(name: string): name is Flag {
  return (flags as readonly string[]).includes(name);
}
