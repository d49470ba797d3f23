import { limits } from '../../limits.ts';
import type { FailureCode, SpokenFacts } from '../../rrpair/pair.ts';
import type { SummarisedHandle } from '../decoder.ts';
import { viewOf } from '../http1/view.ts';
import type { Asked } from './asked.ts';
import { RespReader, resp } from './resp-reader.ts';
import { namesCredential } from './secrets.ts';
import { Subscriptions } from './subscriptions.ts';
import { isNull, wholeAnswer } from './whole.ts';

/** What reading the server's side needs of the decoder. */
export interface AnswerSink {
  /** The command that is to be answered next. */
  waiting(): Asked | undefined;
  /** It has been. */
  answered(): void;
  /** The server says something unasked. */
  push(): SummarisedHandle;
  learned(facts: SpokenFacts): void;
}

/** Words that begin what nobody asked for, in RESP2, where it looks like an answer. */
const messages: ReadonlySet<string> = new Set(['message', 'pmessage', 'smessage']);

/** Scalars of an answer whose texts are kept: HELLO has fourteen. */
const TEXTS = 16;

/** Bytes that may pass before it is clear whether a value is an answer: `*3 CR LF $10 CR LF psubscribe`. */
const HELD = 64;

/** Reads what the server sends and joins it to what was asked. */
export class AnswerReader {
  readonly #sink: AnswerSink;
  readonly #resp: RespReader;
  #at = 0;
  /** Whose bytes are coming. */
  #handle: SummarisedHandle | null = null;
  #asked: Asked | null = null;
  /** Bytes of a value of which it is not clear yet whether it was asked for. */
  #held: Buffer[] | null = null;
  #heldBytes = 0;
  #type = 0;
  #length = 0;
  /** Texts of the first scalars at depth 0 and 1. */
  #texts: string[] = [];
  /** That of the last one: what stands after it may be named by it. */
  #name = '';
  #text: string | null = null;
  #errorText = '';
  #inError = false;
  #depth = 0;
  #index = 0;
  #begun = false;
  #startedAt = 0;
  readonly #subscriptions = new Subscriptions();
  #resp3 = false;
  #monitors = false;
  /** The next thing is a copy of the database. */
  replicates = false;
  problem = '';

  constructor(sink: AnswerSink) {
    this.#sink = sink;
    this.#resp = new RespReader({
      begins: (type, length, depth, index) => this.#begins(type, length, depth, index),
      content: (bytes) => this.#content(bytes),
      scalar: () => this.#scalar(),
      wire: (bytes, secret) => this.#wire(secret ? Buffer.alloc(bytes.length, '*') : bytes),
      isSecret: () => this.#isSecret(),
      ends: () => this.#ends(),
    });
  }

  push(bytes: Buffer, at: number): void {
    this.#at = at;
    let from = 0;
    while (from < bytes.length && this.problem === '' && !this.replicates) {
      const whole = this.#readWhole(bytes, from);
      if (whole >= 0) {
        from = whole;
        continue;
      }
      from = this.#resp.push(bytes, from, true);
      if (this.problem === '') this.problem = this.#resp.problem;
    }
  }

  /** Reads an answer that came whole and says nothing but how it went. Returns where it ends; -1 when there is none. */
  #readWhole(bytes: Buffer, from: number): number {
    // Where the server may say something unasked, it takes a closer look.
    if (!this.#resp.between || this.#begun || this.#monitors || this.#subscriptions.any) return -1;
    const asked = this.#sink.waiting();
    if (asked?.plain !== true) return -1;
    const end = wholeAnswer(bytes, from);
    if (end < 0) return -1;
    const { handle } = asked;
    handle.responseStarted(this.#at);
    handle.responseBody(viewOf(bytes, from, end), end - from, this.#at);
    handle.summary({ ...asked.summary, status: wholeStatus(bytes, from, end) });
    handle.responseEnded(this.#at);
    this.#sink.answered();
    return end;
  }

  /** Whatever has begun unasked will not end. */
  failed(code: FailureCode, detail: string, at: number): void {
    if (this.#asked === null) this.#handle?.failed(code, detail, at);
    this.#handle = null;
    this.#asked = null;
    this.#held = null;
  }

  #begins(type: number, length: number, depth: number, index: number): void {
    this.#depth = depth;
    this.#index = index;
    if (depth === 0) this.#startValue(type, length);
    // Keys of maps and the words of messages; an INFO or a value of megabytes is of no interest here.
    this.#text = depth <= 1 && (this.#texts.length < TEXTS || this.#asked?.secrets === 'named') ? '' : null;
    this.#inError = (type === resp.error || type === resp.bulkError) && this.#errorText === '' && depth <= 1;
  }

  #startValue(type: number, length: number): void {
    this.#type = type;
    this.#length = length;
    this.#texts = [];
    this.#errorText = '';
    // An attribute came before, and whose it is was found out then.
    if (this.#begun) return;
    this.#begun = true;
    this.#startedAt = this.#at;
    const listens = type === resp.array && this.#subscriptions.any && !this.#resp3;
    const ambiguous = type === resp.push || listens || this.#mayBeSeen(type);
    if (ambiguous) {
      this.#held = [];
      this.#heldBytes = 0;
    } else this.#answer();
  }

  /** What MONITOR sees comes as simple strings, which begin with a time. */
  #mayBeSeen(type: number): boolean {
    return this.#monitors && type === resp.simple;
  }

  #content(bytes: Buffer): void {
    if (this.#text !== null && this.#text.length < limits.wireTextBytes) {
      this.#text += bytes.toString('latin1', 0, limits.wireTextBytes - this.#text.length);
    }
    if (this.#inError && this.#errorText.length < limits.wireTextBytes) {
      this.#errorText += bytes.toString('latin1', 0, limits.wireTextBytes - this.#errorText.length);
    }
  }

  #scalar(): void {
    if (this.#text !== null) {
      if (this.#texts.length < TEXTS) this.#texts.push(this.#text);
      if (this.#depth === 1) this.#name = this.#text;
      if (this.#held !== null) this.#decide(this.#text);
    }
    this.#text = null;
    this.#inError = false;
  }

  #wire(bytes: Buffer): void {
    if (this.#held !== null) {
      this.#held.push(Buffer.from(bytes));
      this.#heldBytes += bytes.length;
      // Longer than any word that would tell.
      if (this.#heldBytes > HELD) this.#decide(this.#text ?? '');
    } else this.#handle?.responseBody(bytes, bytes.length, this.#at);
  }

  /** The first word tells whether the value was asked for. */
  #decide(word: string): void {
    const held = this.#held ?? [];
    this.#held = null;
    const asked = this.#sink.waiting();
    const unasked =
      this.#type === resp.simple
        ? /^\d+\.\d+ \[/.test(word)
        : this.#type === resp.push
          ? asked?.subscription?.word !== word
          : messages.has(word);
    if (unasked) {
      this.#asked = null;
      this.#handle = this.#sink.push();
    } else this.#answer();
    for (const bytes of held) this.#handle?.responseBody(bytes, bytes.length, this.#at);
  }

  #answer(): void {
    const asked = this.#sink.waiting();
    if (asked === undefined) {
      this.#resp.problem = 'The server answers what nobody asked.';
      return;
    }
    this.#asked = asked;
    this.#handle = asked.handle;
    if (asked.answering) return;
    asked.answering = true;
    asked.handle.responseStarted(this.#startedAt);
  }

  #isSecret(): boolean {
    switch (this.#asked?.secrets) {
      case 'all':
        return true;
      case 'named':
        return this.#depth > 1 || this.#index % 2 === 1 ? namesCredential(this.#name) : false;
      default:
        return false;
    }
  }

  #ends(): void {
    if (this.#held !== null) this.#decide('');
    const handle = this.#handle;
    const asked = this.#asked;
    this.#begun = false;
    this.#name = '';
    this.#handle = null;
    this.#asked = null;
    if (handle === null) return;
    if (asked === null) {
      handle.summary(this.#unaskedSummary());
      handle.responseEnded(this.#at);
      return;
    }
    if (asked.subscription !== null && !this.#subscriptionEnds(asked)) return;
    const status = this.#status(asked);
    handle.summary({ ...asked.summary, status });
    if (!status.startsWith('ERR')) this.#follow(asked);
    handle.responseEnded(this.#at);
    this.#sink.answered();
  }

  #status({ summary }: Asked): string {
    if (this.#errorText !== '' && (this.#type === resp.error || this.#type === resp.bulkError || summary.command === 'EXEC')) {
      return errorStatus(this.#errorText);
    }
    if (this.#length === -1 || this.#type === resp.null) return 'NIL';
    return this.#type === resp.simple && this.#texts[0] === 'QUEUED' ? 'QUEUED' : 'OK';
  }

  #unaskedSummary(): { command: string; location: string; status: string } {
    const [word = '', ...rest] = this.#texts.map(readable);
    if (this.#type === resp.simple) return { command: 'MONITOR', location: word.slice(0, limits.summaryChars), status: 'PUSH' };
    // pmessage: pattern, channel, payload. The others: channel, payload.
    const location = (word === 'pmessage' ? rest[1] : rest[0]) ?? '';
    return { command: word.toUpperCase(), location, status: 'PUSH' };
  }

  /** One of the answers to a SUBSCRIBE or its like has come. True when it was the last. */
  #subscriptionEnds({ subscription }: Asked): boolean {
    if (subscription === null || this.#errorText !== '') return true;
    const none = this.#subscriptions.changed(this.#texts[0] ?? '', Number(this.#texts[2]));
    if (subscription.left === 0) return none;
    subscription.left -= 1;
    return subscription.left === 0;
  }

  /** What an answer changes for those after it. */
  #follow(asked: Asked): void {
    const { command } = asked.summary;
    if (command === 'MONITOR') this.#monitors = true;
    else if (command === 'RESET') {
      this.#monitors = false;
      this.#resp3 = false;
      this.#subscriptions.end();
    } else if (command === 'SYNC' || command === 'PSYNC') this.replicates = true;
    else if (command === 'HELLO') {
      if (asked.args[1] !== undefined) this.#resp3 = asked.args[1] === '3';
      this.#hello();
    }
  }

  /** Names and values in turn, in RESP2 and RESP3 alike. */
  #hello(): void {
    const value = (name: string): string => {
      const at = this.#texts.findIndex((text, index) => index % 2 === 0 && text === name);
      return at < 0 ? '' : readable(this.#texts[at + 1] ?? '').slice(0, 100);
    };
    const version = value('version');
    if (version === '') return;
    const server = value('server') === 'valkey' ? 'Valkey' : 'Redis';
    const facts = [['RESP', value('proto')] as const, ['Mode', value('mode')] as const, ['Role', value('role')] as const];
    this.#sink.learned({
      server: `${server} ${version}`,
      evidence: `the answer to HELLO: version ${version}`,
      facts: facts.filter(([, text]) => text !== ''),
    });
  }
}

const QUEUED = '+QUEUED\r\n';

/** The status of an answer that stands whole between `from` and `end`. */
function wholeStatus(bytes: Buffer, from: number, end: number): string {
  if (bytes[from] === resp.error) return errorStatus(bytes.toString('latin1', from + 1, end - 2));
  if (isNull(bytes, from, end)) return 'NIL';
  return bytes[from] === resp.simple && bytes.toString('latin1', from, end) === QUEUED ? 'QUEUED' : 'OK';
}

/** `ERR`, or `ERR:` and the first word of the error where that is its code. */
export function errorStatus(text: string): string {
  const code = /^[A-Z][A-Z0-9_]*/.exec(text)?.[0] ?? 'ERR';
  return code === 'ERR' ? 'ERR' : `ERR:${code}`;
}

function readable(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
