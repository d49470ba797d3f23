import type { ReadMessage } from '../conversation.ts';
import { LineCutter } from './line-cutter.ts';

const COLON = 58;
const SPACE = 32;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads server-sent events (HTML Living Standard 9.2.6): what a browser would dispatch, and beside it what it would pass over, because that is what one looks
 * for when events do not arrive: comments and events without data.
 */
export class EventParser {
  readonly #found: (message: ReadMessage) => void;
  readonly #lines: LineCutter;
  #first = true;
  #data: Buffer[] = [];
  #type = '';
  #id: string | null = null;
  #retry = '';
  #comments: Buffer[] = [];
  #unknown: string[] = [];
  #wireBytes = 0;

  constructor(found: (message: ReadMessage) => void) {
    this.#found = found;
    this.#lines = new LineCutter(true, (line, wireBytes, atMs) => this.#line(line, wireBytes, atMs));
  }

  push(bytes: Uint8Array, atMs: number | null): void {
    this.#lines.push(bytes, atMs);
  }

  /** Nothing more comes: what has no empty line behind it was never an event. */
  finish(): void {
    const begun = this.#lines.pendingBytes > 0 || this.#wireBytes > 0;
    if (!begun) return;
    const rest = this.#lines.rest();
    if (rest.length > 0) this.#line(rest, rest.length, null);
    this.#dispatch(null, 'The stream ended within it, so that nobody was told of it.');
  }

  #line(whole: Buffer, wireBytes: number, atMs: number | null): void {
    const line = this.#first && whole.subarray(0, 3).equals(BOM) ? whole.subarray(3) : whole;
    this.#first = false;
    this.#wireBytes += wireBytes;
    if (line.length === 0) {
      this.#dispatch(atMs, '');
      return;
    }
    const colon = line.indexOf(COLON);
    if (colon === 0) {
      this.#comments.push(Buffer.from(line.subarray(line[1] === SPACE ? 2 : 1)));
      return;
    }
    const name = (colon < 0 ? line : line.subarray(0, colon)).toString('utf8');
    const value = colon < 0 ? line.subarray(line.length) : line.subarray(line[colon + 1] === SPACE ? colon + 2 : colon + 1);
    this.#field(name, value);
  }

  #field(name: string, value: Buffer): void {
    switch (name) {
      case 'data':
        this.#data.push(Buffer.from(value));
        return;
      case 'event':
        this.#type = value.toString('utf8');
        return;
      case 'id':
        if (!value.includes(0)) this.#id = value.toString('utf8');
        return;
      case 'retry':
        this.#retry = value.toString('utf8');
        return;
      default:
        this.#unknown.push(name);
    }
  }

  #dispatch(atMs: number | null, problem: string): void {
    const wireBytes = this.#wireBytes;
    const comments = joined(this.#comments);
    const payload = joined(this.#data);
    const isComment = this.#data.length === 0 && this.#type === '' && this.#id === null;
    const nothing = isComment && this.#comments.length === 0 && this.#retry === '' && this.#unknown.length === 0;
    if (!nothing) {
      const facts: ReadMessage['facts'] = [];
      if (this.#id !== null) facts.push(['Id', this.#id]);
      if (this.#retry !== '') facts.push(['Retry after', `${this.#retry} ms`]);
      if (!isComment && comments.length > 0) facts.push(['Comment', comments.toString('utf8')]);
      if (this.#unknown.length > 0) facts.push(['Unknown fields', this.#unknown.join(', ')]);
      if (!isComment && this.#data.length === 0) facts.push(['Without data', 'a browser passes it over']);
      const body = isComment ? comments : payload;
      this.#found({
        from: 'server',
        kind: isComment ? (this.#comments.length === 0 ? 'setting' : 'comment') : this.#type || 'message',
        label: this.#id === null || this.#id === '' ? '' : `#${this.#id}`,
        atMs,
        bytes: body.length,
        wireBytes,
        facts,
        problem,
        bad: problem !== '',
        payload: body,
        mediaType: 'text/plain',
      });
    }
    this.#data = [];
    this.#type = '';
    this.#id = null;
    this.#retry = '';
    this.#comments = [];
    this.#unknown = [];
    this.#wireBytes = 0;
  }
}

const NEWLINE = Buffer.from('\n');

function joined(lines: readonly Buffer[]): Buffer {
  if (lines.length === 1) return lines[0] as Buffer;
  return Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [NEWLINE, line])));
}
