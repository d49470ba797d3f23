import { coverSecrets, type Element, elementsOf, elementType, numberOfElement, textOfElement } from './elements.ts';
import { flag, opcode, queryOf, REPLY_BODY, sectionsOf, uncompressed } from './messages.ts';

/** A command or an answer as far as it is of interest. */
export interface Said {
  name: string;
  location: string;
  /** Nothing answers it, or more of the answer follows. */
  moreToCome: boolean;
  /** What there is to be known of the session. */
  facts: [name: string, value: string][];
  /** It may hold what proves who the client is, and so may its answer. */
  proves: boolean;
}

/** Commands that do, of which some are sent before anybody is known. */
const proving: ReadonlySet<string> = new Set([
  'saslStart',
  'saslContinue',
  'authenticate',
  'getnonce',
  'hello',
  'isMaster',
  'ismaster',
  'createUser',
  'updateUser',
]);

/** Where the document begins, the database where it stands outside of it, and the flags. */
function bodyOf(kind: number, content: Buffer): { body: number; database: string; flags: number } {
  if (kind === opcode.message) {
    const { body, flags } = sectionsOf(content);
    return { body, database: '', flags };
  }
  if (kind === opcode.query) return { ...queryOf(content), flags: 0 };
  return { body: kind === opcode.reply ? REPLY_BODY : -1, database: '', flags: 0 };
}

/** Reads a command, and covers what proves who somebody is. */
export function commandOf(kind: number, content: Buffer): Said {
  const said: Said = { name: '', location: '', moreToCome: false, facts: [], proves: false };
  if (kind === opcode.compressed) {
    const inner = uncompressed(content);
    if (inner.content === null) return { ...said, name: 'Compressed', location: inner.by };
    return commandOf(inner.kind, inner.content);
  }
  const { body, database, flags } = bodyOf(kind, content);
  said.moreToCome = (flags & flag.moreToCome) !== 0;
  if (body < 0) return said;
  let db = database;
  let collection = '';
  for (const element of elementsOf(content, body)) {
    if (said.name === '') {
      said.name = element.name;
      said.proves = proving.has(element.name);
      if (!said.proves) collection = textOfElement(content, element);
    } else if (element.name === '$db') db = textOfElement(content, element);
    else if (element.name === 'collection' && said.name === 'getMore') collection = textOfElement(content, element);
    else if (element.name === 'client' && element.type === elementType.document) said.facts.push(...clientFacts(content, element));
  }
  said.location = [db, collection].filter((part) => part !== '').join('.');
  if (said.proves) {
    // SCRAM begins with the user's name.
    const user = coverSecrets(content, body)
      .map((text) => /(?:^|,)n=([^,]{1,200}),r=/.exec(text)?.[1])
      .find((name) => name !== undefined);
    if (user !== undefined) said.facts.push(['User', user]);
  }
  return said;
}

/** `client: { application: { name }, driver: { name, version } }` of a greeting. */
function clientFacts(content: Buffer, client: Element): [string, string][] {
  const facts: [string, string][] = [];
  for (const part of elementsOf(content, client.from)) {
    if (part.type !== elementType.document) continue;
    const members = [...elementsOf(content, part.from)].map((member): [string, string] => [
      member.name,
      textOfElement(content, member),
    ]);
    const of = (name: string): string => members.find(([known]) => known === name)?.[1] ?? '';
    if (part.name === 'driver') facts.push(['Driver', `${of('name')} ${of('version')}`.trim()]);
    else if (part.name === 'application') facts.push(['Application', of('name')]);
  }
  return facts;
}

/** An answer as far as it is of interest. */
export interface Answer {
  status: string;
  moreToCome: boolean;
  /** The server's version, of the answer to buildInfo. */
  version: string;
}

/** Reads an answer; with `covers`, what it proves or challenges with is covered. */
export function answerOf(kind: number, content: Buffer, covers: boolean): Answer {
  if (kind === opcode.compressed) {
    const inner = uncompressed(content);
    return inner.content === null ? { status: 'OK', moreToCome: false, version: '' } : answerOf(inner.kind, inner.content, false);
  }
  const { body, flags } = bodyOf(kind, content);
  const answer: Answer = { status: 'OK', moreToCome: (flags & flag.moreToCome) !== 0, version: '' };
  if (body < 0) return answer;
  let failed = false;
  let code = 0;
  for (const element of elementsOf(content, body)) {
    const { name } = element;
    if (name === 'ok') failed ||= numberOfElement(content, element) === 0;
    else if (name === 'code') code = numberOfElement(content, element);
    else if (name === 'version') answer.version = textOfElement(content, element);
    else if (name === 'writeErrors' || name === 'writeConcernError') {
      failed = true;
      code = code === 0 ? firstCode(content, element) : code;
    }
  }
  if (failed) answer.status = code === 0 ? 'ERR' : `ERR:${String(code)}`;
  if (covers) coverSecrets(content, body);
  return answer;
}

/** The code in an error, or in the first of a list of them. */
function firstCode(content: Buffer, element: Element): number {
  for (const member of elementsOf(content, element.from)) {
    if (member.name === 'code') return numberOfElement(content, member);
    if (member.type === elementType.document) return firstCode(content, member);
  }
  return 0;
}
