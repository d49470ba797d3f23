import { limits } from '../../limits.ts';
import type { ConversationKind } from '../../rrpair/conversation.ts';
import { BodyFeed } from '../body-feed.ts';
import type { ReadMessage, StoredStream, StreamReader } from '../conversation.ts';
import { connectionEnd } from '../conversation-end.ts';
import type { ParsedHead } from '../http1/head.ts';
import { EventParser } from './event-parser.ts';
import { LineParser } from './line-parser.ts';

/** Reads a response that is a stream of events or of JSON lines. */
export class ResponseStreamReader implements StreamReader {
  readonly kind: ConversationKind;
  readonly messages: ReadMessage[] = [];
  readonly facts: [name: string, value: string][] = [];
  readonly #feed: BodyFeed;
  readonly #parser: EventParser | LineParser;
  #tooMany = false;
  #cut = false;
  #finished = false;

  constructor(kind: 'events' | 'lines', response: ParsedHead) {
    this.kind = kind;
    const found = (message: ReadMessage): void => {
      if (this.messages.length < limits.conversationMessages) this.messages.push(message);
      else this.#tooMany = true;
    };
    this.#parser = kind === 'events' ? new EventParser(found) : new LineParser(found);
    this.#feed = new BodyFeed(response.headers, (payload, atMs) => this.#parser.push(payload, atMs));
  }

  get problem(): string {
    if (this.#tooMany) return `Only the first ${String(limits.conversationMessages)} are listed.`;
    if (this.#feed.problem !== '') return this.#feed.problem;
    return this.#cut ? 'What came later was not kept.' : '';
  }

  readOn(stream: StoredStream): void {
    if (this.#finished) return;
    this.#feed.readOn(stream);
    if (stream.open) return;
    this.#finished = true;
    this.#cut = stream.responseCut;
    if (!this.#cut) this.#parser.finish();
  }

  end(stream: StoredStream): string {
    return stream.open ? '' : connectionEnd(stream, 'The server ended the stream.');
  }
}
