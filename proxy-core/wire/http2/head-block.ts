import { limits } from '../../limits.ts';
import type { Failure } from '../endings.ts';
import { isStreamHead } from '../stream-type.ts';
import type { Field } from './hpack.ts';

/** A header list in the form in which it is kept. The same one may stand for every list with the same bytes. */
export class Head {
  readonly bytes: Buffer;
  /** Why this is no proper message; null when it is one. */
  readonly failure: Failure | null;
  #streams: boolean | null = null;

  constructor(bytes: Buffer, failure: Failure | null) {
    this.bytes = bytes;
    this.failure = failure;
  }

  /** What follows is a stream of messages, by its media type. */
  get streams(): boolean {
    this.#streams ??= isStreamHead(this.bytes);
    return this.#streams;
  }
}

/**
 * A decoded header list as it is kept: in the form in which heads of HTTP/1 are, so that whoever reads those reads it too. What the pseudo-header fields say that
 * have a place in the first line (`:method`, `:path`, `:status`) stands there; the others stand where they were sent, with their colon (RFC 9113 8.3).
 */
export class HeadBlock {
  method: string | null = null;
  path: string | null = null;
  authority: string | null = null;
  /** 0 where there is none. */
  status = 0;
  hasPseudoFields = false;
  /** It will be used for longer than one message: what it makes must not pin more memory than its own. */
  kept = false;
  #failure: Failure | null = null;
  #request: Head | null = null;
  #response: Head | null = null;
  #trailers: Head | null = null;
  #lines = '';
  #fields = 0;
  #regularSeen = false;

  /** Takes the next field of the list. */
  add(field: Field): void {
    if (this.#fields >= limits.headFields || this.#lines.length + field.line.length > limits.headBytes) {
      const detail = `The head has more than ${limits.headFields} fields or ${limits.headBytes} bytes.`;
      this.#failure ??= { code: 'head-too-large', detail };
      return;
    }
    this.#fields += 1;
    if (!field.sound) this.#malformed('A field’s name or value has characters in it that may not stand there.');
    const pseudo = field.name.startsWith(':');
    if (pseudo && this.#regularSeen) this.#malformed('A pseudo-header field stands behind other fields.');
    if (!pseudo) this.#regularSeen = true;
    else if (this.#takePseudo(field)) return;
    this.#lines += field.line;
  }

  /** True when it needs no line of its own. */
  #takePseudo({ name, value, sound }: Field): boolean {
    this.hasPseudoFields = true;
    const text = sound ? value : value.replaceAll(/[\r\n\0]/g, ' ');
    switch (name) {
      case ':method':
        if (this.method !== null) break;
        this.method = text;
        return true;
      case ':path':
        if (this.path !== null) break;
        this.path = text;
        return true;
      case ':status':
        if (this.status !== 0 || !statusCode.test(text)) break;
        this.status = Number(text);
        return true;
      case ':authority':
        this.authority ??= text;
        return false;
      default:
        return false;
    }
    this.#malformed(`The pseudo-header field ${name} is there twice, or makes no sense.`);
    return false;
  }

  #malformed(detail: string): void {
    this.#failure ??= malformed(detail);
  }

  /** Bytes of what it says. */
  get length(): number {
    return this.#lines.length + (this.method ?? '').length + (this.path ?? '').length;
  }

  /** The head of a request. */
  request(): Head {
    this.#request ??= this.#asRequest();
    return this.#request;
  }

  /** The head of a response. */
  response(): Head {
    this.#response ??= this.#as(
      `HTTP/2 ${this.status === 0 ? '' : String(this.status)}\r\n`,
      this.status === 0 ? 'The response has no :status.' : null,
    );
    return this.#response;
  }

  /** A trailer section. */
  trailers(): Head {
    this.#trailers ??= this.#as('', this.hasPseudoFields ? 'A trailer section has pseudo-header fields.' : null);
    return this.#trailers;
  }

  #asRequest(): Head {
    const { method, path } = this;
    // RFC 9113 8.5: CONNECT has no path.
    const target = path ?? (method === 'CONNECT' ? this.authority : null) ?? '';
    const missing = method === null || target === '' ? 'The request has no :method or no :path.' : null;
    return this.#as(`${method ?? ''} ${target} HTTP/2\r\n`, missing);
  }

  /** `problem` is what is wrong with it in this place. */
  #as(first: string, problem: string | null): Head {
    const failure = this.#failure ?? (problem === null ? null : malformed(problem));
    const text = `${first}${this.#lines}\r\n`;
    if (!this.kept) return new Head(Buffer.from(text, 'latin1'), failure);
    const own = Buffer.allocUnsafeSlow(text.length);
    own.write(text, 'latin1');
    return new Head(own, failure);
  }
}

const statusCode = /^[1-9]\d\d$/;

export function malformed(detail: string): Failure {
  return { code: 'malformed-message', detail };
}
