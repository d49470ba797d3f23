import { assertNever } from '../../errors.ts';

/**
 * One way in which what a language's client sends differs from what was recorded. Tests apply these to the recorded request and compare
 * the result with what arrives, so that none goes unsaid.
 */
export type Deviation =
  /** A field that is not sent: its name or its value is none by RFC 9110, the client refuses it, or it keeps only one of that name. */
  | { kind: 'left-out'; name: string; value: string; why: 'name' | 'value' | 'client' | 'repeated' }
  /** A field that the client adds, whatever it is told. */
  | { kind: 'added'; name: string }
  /** Fields of one name that are sent as one (RFC 9110 5.3). */
  | { kind: 'joined'; name: string }
  /** A field whose value arrives changed; both as latin-1. */
  | { kind: 'value'; name: string; value: string; sent: string }
  /** A value of several lines that is sent in one (RFC 9112 5.2). */
  | { kind: 'unfolded'; name: string }
  | { kind: 'method'; sent: string }
  | { kind: 'target'; sent: string }
  | { kind: 'body-left-out' }
  /** Sent with a Content-Length where the application sent chunks. */
  | { kind: 'length' }
  /** A web page may not set these; Node may. */
  | { kind: 'browser'; names: readonly string[] }
  | { kind: 'refused'; what: string };

/** The sentence for a person. `client` is the name of the program or library. */
export function deviationSentence(deviation: Deviation, client: string): string {
  switch (deviation.kind) {
    case 'left-out':
      return `${shown(deviation.name)} is left out: ${reasons[deviation.why].replace('CLIENT', client)}.`;
    case 'added':
      return `${client} adds ${shown(deviation.name)}, which the application did not send.`;
    case 'joined':
      return `The fields ${shown(deviation.name)} are sent as one.`;
    case 'value':
      return `${client} changes the value of ${shown(deviation.name)}.`;
    case 'unfolded':
      return `The value of ${shown(deviation.name)} is sent in one line.`;
    case 'method':
      return `${client} sends the method as ${shown(deviation.sent)}.`;
    case 'target':
      return `${client} asks for ${shown(deviation.sent)}: it cannot send the target as it was recorded.`;
    case 'body-left-out':
      return `The body is left out: ${client} sends none with this method.`;
    case 'length':
      return `The body is sent with its length instead of in chunks.`;
    case 'browser':
      return `A web page may not set ${deviation.names.map(shown).join(', ')}; Node may.`;
    case 'refused':
      return `${client} refuses ${shown(deviation.what)}, so this cannot be run as it is.`;
    default:
      return assertNever(deviation);
  }
}

const reasons = {
  name: 'it is no valid field name',
  value: 'its value holds control characters or bytes that CLIENT cannot send',
  client: 'CLIENT does not let it be set',
  repeated: 'CLIENT sends only one field of a name',
} as const;

/** Characters of captured text in a sentence. */
const SHOWN_CHARS = 120;

/**
 * Captured text in a sentence that also becomes a comment in source code. It is hostile: a line end would end the comment, in PHP `?>` does
 * too, and in Java `\u000a` is a line end wherever it stands.
 */
function shown(text: string): string {
  const safe = text.replaceAll(/[^\w!#$&'*+.^`|~(),;:/=@[\]%-]/g, '?');
  return safe.length > SHOWN_CHARS ? `${safe.slice(0, SHOWN_CHARS)}…` : safe;
}
