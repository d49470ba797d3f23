import { colours } from '../rrpair/marks.ts';
import { isOwnLocation, ownLocationNames, ownLocations, protocolNames } from '../rrpair/protocols.ts';
import type { Flag, NumberField, TextField } from './ast.ts';

/** What kind of value a field takes, and with it which operators. */
export type FieldKind =
  | 'text'
  | 'word'
  | 'direction'
  | 'colour'
  | 'status'
  | 'millis'
  | 'bytes'
  | 'time'
  | 'number'
  | 'pair'
  | 'header'
  | 'body'
  | 'flag'
  | 'call';

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
export const flags: readonly Flag[] = ['noise', 'pinned', 'marked', 'open', 'replay', 'pushed', 'failed', 'error'];

/** Every field of the filter language, for autocomplete and for its documentation. */
export const filterFields: readonly FilterField[] = [
  field('direction', 'direction', 'in: a call that the application receives, out: one that it makes', 'direction:out', {
    aliases: ['dir'],
    values: ['in', 'out'],
  }),
  field('tech', 'text', 'A technology that was detected', 'tech:graphql', { aliases: ['technology'] }),
  field('protocol', 'word', 'What the bytes were read as', 'protocol:https', { values: protocolNames }),
  field('command', 'text', 'HTTP: the method; otherwise the verb of the protocol', 'method:POST', { aliases: ['method'] }),
  field('host', 'text', 'Host as the application names it; localhost is 127.0.0.1 and ::1 too', 'host:api.example.com'),
  field('path', 'text', 'HTTP: path and query; otherwise what the command is about', 'path:/v1/users', {
    aliases: ['location', 'url'],
  }),
  field('status', 'status', 'HTTP: the status code; otherwise OK or ERR; a failure code where no response came', 'status:5xx'),
  ...ownLocationNames.map((name) => field(name, 'text', ownLocations[name].description, ownLocations[name].example)),
  field('grpc.method', 'call', 'gRPC, gRPC-Web and Connect: service and method', 'grpc.method:Orders/Create'),
  field('latency', 'millis', 'First byte of the request to first byte of the response', 'latency:>200ms'),
  field('duration', 'millis', 'First byte of the request to last byte of the response', 'duration:>1s'),
  field('size', 'bytes', 'Bytes of both bodies together', 'size:>1mb'),
  field('time', 'time', 'When it began', 'time:>-5m'),
  field('header', 'header', 'A header field of the request or the response', 'header[content-type]:json'),
  field('body', 'body', 'Content of the request or the response, decoded', 'body:"out of stock"'),
  field('error', 'text', 'Code of the failure', 'error:upstream-refused'),
  field('source', 'text', 'What it was captured from', 'source:local'),
  field('colour', 'colour', 'Colour that you gave it; none where you gave none', 'colour:red', {
    aliases: ['color'],
    values: [...colours, 'none'],
  }),
  field('note', 'text', 'What you wrote about it', 'note:"ask Ana"'),
  field('id', 'number', 'Number of the pair', 'id:100..200'),
  field('caused-by', 'pair', 'Calls that the request of this number caused', 'caused-by:100'),
  field('causes', 'pair', 'Requests that may have caused the call of this number', 'causes:100'),
  field('pushed-by', 'pair', 'What a server of HTTP/2 pushed because of the request of this number', 'pushed-by:100'),
  field(
    'is',
    'flag',
    'Noise, pinned, marked with a colour or a note, still open, a replay, pushed by a server of HTTP/2, ended by a failure, or an error of any kind',
    'is:pinned',
    {
      values: flags,
    },
  ),
];

const byName = new Map(filterFields.flatMap((each) => [each.name, ...each.aliases].map((name) => [name, each] as const)));

/** The field of this name or alias, whatever the case. */
export function findField(name: string): FilterField | undefined {
  return byName.get(name.toLowerCase());
}

/** Names of the fields whose value is text, by their name in the AST. */
export function isTextField(name: string): name is TextField {
  return (
    ['tech', 'protocol', 'command', 'host', 'path', 'status', 'error', 'source', 'colour', 'note'].includes(name) ||
    isOwnLocation(name)
  );
}

export function isNumberField(name: string): name is NumberField {
  return ['status', 'latency', 'duration', 'size', 'time', 'id'].includes(name);
}

export function isFlag(name: string): name is Flag {
  return (flags as readonly string[]).includes(name);
}
