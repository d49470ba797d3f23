import { limits } from '../../limits.ts';
import type { ReadMessage, StoredStream, StreamReader } from '../conversation.ts';
import { connectionEnd } from '../conversation-end.ts';
import { headerValue, type ParsedHead } from '../http1/head.ts';
import { closeWords } from './close-codes.ts';
import { agreedExtensions } from './extensions.ts';
import { type InflateBudget, MessageInflater } from './inflate.ts';
import { WebSocketSide } from './side.ts';

/** Reads the messages of a connection that became a WebSocket (RFC 6455), with permessage-deflate (RFC 7692). */
export class WebSocketReader implements StreamReader {
  readonly kind = 'websocket';
  readonly messages: ReadMessage[] = [];
  readonly facts: [name: string, value: string][] = [];
  readonly #client: WebSocketSide;
  readonly #server: WebSocketSide;
  #problem = '';
  #nextArrival = 0;
  #clientTo = 0;
  #serverTo = 0;
  #finished = false;

  /** `inflatedBytes`: what its messages may be decompressed to, all together. */
  constructor(response: ParsedHead, inflatedBytes: number = limits.conversationBytes) {
    const agreed = agreedExtensions(response.headers);
    const budget: InflateBudget = { bytes: inflatedBytes };
    const found = (message: ReadMessage): void => this.#found(message);
    const inflater = (keepsContext: boolean): MessageInflater | null =>
      agreed.deflate ? new MessageInflater(keepsContext, budget) : null;
    this.#client = new WebSocketSide('client', inflater(agreed.clientContext), found);
    this.#server = new WebSocketSide('server', inflater(agreed.serverContext), found);
    const subprotocol = headerValue(response.headers, 'sec-websocket-protocol');
    if (subprotocol !== undefined) this.facts.push(['Subprotocol', subprotocol]);
    if (agreed.deflate) {
      const kept = [...(agreed.clientContext ? ['client'] : []), ...(agreed.serverContext ? ['server'] : [])].join(' and ');
      this.facts.push(['Compression', `permessage-deflate, ${kept === '' ? 'each message by itself' : `context kept by ${kept}`}`]);
    }
    if (agreed.unknown.length > 0) {
      const names = agreed.unknown.join(', ');
      this.facts.push(['Extensions', names]);
      this.#problem = `The extension ${names} is not known: what it changed is shown as sent.`;
    }
  }

  get problem(): string {
    return [...new Set([this.#problem, this.#client.problem, this.#server.problem])].filter((problem) => problem !== '').join(' ');
  }

  readOn(stream: StoredStream): void {
    if (this.#finished) return;
    const { request, response, arrivals } = stream;
    for (; this.#nextArrival < arrivals.length; this.#nextArrival++) {
      const arrival = arrivals[this.#nextArrival];
      if (arrival === undefined) break;
      const { fromServer, bytes, at } = arrival;
      // What is noted is there a moment later.
      if (stream.open && (fromServer ? this.#serverTo + bytes > response.length : this.#clientTo + bytes > request.length)) return;
      if (fromServer)
        this.#server.readOn(response, (this.#serverTo = Math.min(response.length, this.#serverTo + bytes)), at / 1000);
      else this.#client.readOn(request, (this.#clientTo = Math.min(request.length, this.#clientTo + bytes)), at / 1000);
    }
    if (stream.open && !stream.arrivalsFull) return;
    this.#client.readOn(request, (this.#clientTo = request.length), null);
    this.#server.readOn(response, (this.#serverTo = response.length), null);
    if (stream.open) return;
    this.#finished = true;
    this.#client.finish(request, stream.requestCut);
    this.#server.finish(response, stream.responseCut);
  }

  end(stream: StoredStream): string {
    if (stream.open) return '';
    const first = this.messages.find(({ kind }) => kind === 'close');
    if (first === undefined) {
      const cut = stream.requestCut || stream.responseCut;
      const regular = cut
        ? 'The connection was closed; what was said last was not kept.'
        : 'The connection was closed without a Close frame (1006, abnormal closure).';
      return connectionEnd(stream, regular);
    }
    const code = first.label === '' ? 'without a code' : `with ${first.label} (${closeWords(Number(first.label))})`;
    const answered = this.messages.some(({ kind, from }) => kind === 'close' && from !== first.from);
    const other = first.from === 'client' ? 'server' : 'client';
    return `The ${first.from} closed it ${code}${answered ? '.' : `; the ${other} did not answer.`}`;
  }

  #found(message: ReadMessage): void {
    if (this.messages.length < limits.conversationMessages) this.messages.push(message);
    else this.#problem ||= `Only the first ${String(limits.conversationMessages)} messages are listed.`;
  }
}
