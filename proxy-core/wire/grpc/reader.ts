import { limits } from '../../limits.ts';
import type { HeaderField } from '../../rrpair/shapes.ts';
import { decodeContent } from '../content-coding.ts';
import type { ReadMessage, StoredStream, StreamReader } from '../conversation.ts';
import { connectionEnd } from '../conversation-end.ts';
import { headerValue, type ParsedHead } from '../http1/head.ts';
import { readBody } from '../read-body.ts';
import { COMPRESSED, codingOf } from './compression.ts';
import { Envelopes } from './envelopes.ts';
import { callMessage, isJson, namedBy } from './message.ts';
import type { ProtoNames } from './names.ts';
import type { Named } from './protobuf.ts';
import { bodyStatus, type CallKind, type CallStatus, endStatus, fieldStatus, trailerBytes } from './status.ts';
import { detailsMessage } from './status-details.ts';
import { callBody, isWebText, readWebText } from './web-text.ts';

const NOTHING: readonly HeaderField[] = [];

/** One side of a call. */
interface Half {
  from: 'client' | 'server';
  headers: readonly HeaderField[];
  envelopes: Envelopes;
  to: number;
  /** What its messages are made of; null when nobody has told. */
  named: Named | null;
}

/** Reads the messages of a call of gRPC, gRPC-Web or Connect: each of either side, decompressed, by field numbers. */
export class GrpcReader implements StreamReader {
  readonly kind = 'grpc';
  readonly messages: ReadMessage[] = [];
  readonly facts: [name: string, value: string][] = [];
  readonly #call: CallKind;
  readonly #names: ProtoNames | null;
  readonly #client: Half;
  readonly #server: Half;
  #nextArrival = 0;
  #finished = false;
  /** Bytes that may still come of decompression. */
  #budget: number = limits.conversationBytes;
  #problem = '';
  #status: CallStatus | null = null;

  /** Messages are of Protocol Buffers, and nobody has told what this method's are made of. */
  readonly nameless: boolean;

  constructor(call: CallKind, request: ParsedHead | null, names: ProtoNames | null = null) {
    this.#call = call;
    this.#names = names;
    const types = names?.method(request?.target ?? '') ?? null;
    this.#client = this.#half('client', request?.headers ?? NOTHING, namedBy(names, types?.request));
    this.#server = this.#half('server', NOTHING, namedBy(names, types?.response));
    this.nameless = types === null && !isJson(this.#client.headers);
    const timeout = headerValue(this.#client.headers, 'grpc-timeout') ?? headerValue(this.#client.headers, 'connect-timeout-ms');
    if (timeout !== undefined) this.facts.push(['Timeout', timeout]);
    const coding = codingOf(this.#client.headers);
    if (coding !== '') this.facts.push(['Compression', coding]);
  }

  get problem(): string {
    return this.#problem;
  }

  readOn(stream: StoredStream): void {
    if (this.#finished) return;
    const { arrivals, open } = stream;
    this.#server.headers = stream.heads?.response?.headers ?? NOTHING;
    this.#status ??= fieldStatus(stream.heads?.trailers ?? NOTHING, this.#server.headers);
    // Chunks of HTTP/1 are taken off when all of them are there.
    const framed = [this.#client, this.#server].some(({ headers }) => headerValue(headers, 'transfer-encoding') !== undefined);
    for (const arrival of framed ? [] : arrivals.slice(this.#nextArrival)) {
      const half = arrival.fromServer ? this.#server : this.#client;
      const body = arrival.fromServer ? stream.response : stream.request;
      // What is noted is there a moment later.
      if (open && half.to + arrival.bytes > body.length) return;
      this.#nextArrival += 1;
      half.to = Math.min(body.length, half.to + arrival.bytes);
      cutOn(half, body, arrival.at / 1000);
    }
    if (open && (framed || !stream.arrivalsFull)) return;
    this.#readRest(this.#client, stream.request, stream.requestCut, open);
    this.#readRest(this.#server, stream.response, stream.responseCut, open);
    this.#finished = !open;
    const details = open ? '' : (this.#status?.details ?? '');
    if (details !== '') this.messages.push(detailsMessage(details, this.#names, this.#call === 'connect' ? 'json' : 'field'));
  }

  end(stream: StoredStream): string {
    const status = this.#status;
    if (stream.open) return '';
    if (status === null) return connectionEnd(stream, 'The call ended without a status.');
    return `The server ended the call with ${status.name}${['', status.name].includes(status.message) ? '' : `: ${status.message}`}.`;
  }

  #half(from: Half['from'], headers: readonly HeaderField[], named: Named | null): Half {
    const half: Half = {
      from,
      headers,
      envelopes: new Envelopes((flags, payload, atMs) => this.#found(half, flags, payload, atMs)),
      to: 0,
      named,
    };
    return half;
  }

  #readRest(half: Half, wire: Buffer, cut: boolean, open: boolean): void {
    const { bytes } = readBody(wire, withoutCoding(half.headers), 'payload');
    const body = callBody(half.headers, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    half.envelopes.readOn(body, body.length, null);
    if (open) return;
    if (half.from === 'server') this.#status ??= bodyStatus(this.#call, body, codingOf(half.headers));
    const rest = half.envelopes.rest(body.length);
    if (cut) this.#problem ||= 'What came later was not kept.';
    else if (rest > 0) this.#problem ||= `The ${half.from} sent ${String(rest)} bytes at the end that are no whole message.`;
  }

  #found(half: Half, flags: number, payload: Buffer, atMs: number | null): void {
    if (this.messages.length >= limits.conversationMessages) {
      this.#problem ||= `Only the first ${String(limits.conversationMessages)} messages are listed.`;
      return;
    }
    const coding = codingOf(half.headers);
    const status = half.from === 'server' ? endStatus(this.#call, flags, payload, coding) : null;
    this.#status ??= status;
    if (status === null) this.messages.push(this.#message(half, flags, payload, atMs));
    else this.messages.push(this.#last(status, trailerBytes(flags, payload, coding), payload.length, atMs));
  }

  #message(half: Half, flags: number, wire: Buffer, atMs: number | null): ReadMessage {
    const { headers, named } = half;
    const coding = codingOf(headers);
    const compressed = (flags & COMPRESSED) !== 0;
    const content = compressed ? this.#decompressed(wire, coding) : { bytes: wire, problem: '' };
    // The body's memory is not kept with every message.
    const payload = Buffer.from(content.bytes);
    const { from } = half;
    const facts: [string, string][] = compressed ? [['Compression', `${coding}, ${String(wire.length)} bytes`]] : [];
    return callMessage({
      from,
      payload,
      json: isJson(headers),
      named,
      atMs,
      wireBytes: wire.length + 5,
      facts,
      problem: content.problem,
    });
  }

  #last({ name }: CallStatus, payload: Buffer, sentBytes: number, atMs: number | null): ReadMessage {
    return {
      from: 'server',
      kind: this.#call === 'connect' ? 'end' : 'trailers',
      label: name,
      atMs,
      bytes: payload.length,
      wireBytes: sentBytes + 5,
      facts: [],
      problem: '',
      bad: name !== 'OK',
      payload: Buffer.from(payload),
      mediaType: this.#call === 'connect' ? 'application/json' : 'text/plain',
    };
  }

  #decompressed(wire: Buffer, coding: string): { bytes: Uint8Array; problem: string } {
    if (coding === '') return { bytes: wire, problem: 'It is compressed, and nothing says how.' };
    if (this.#budget <= 0) return { bytes: wire, problem: 'Too much was decompressed before it; it is shown as sent.' };
    const { bytes, complete, problem } = decodeContent(wire, coding, this.#budget);
    this.#budget -= bytes.length;
    return { bytes, problem: complete ? '' : problem };
  }
}

/** Cuts messages from what has come of a body. */
function cutOn({ envelopes, headers, to }: Half, wire: Buffer, atMs: number): void {
  if (!isWebText(headers)) {
    envelopes.readOn(wire, to, atMs);
    return;
  }
  const { bytes, lengthAt } = readWebText(wire);
  envelopes.readOn(bytes, lengthAt(to), atMs);
}

function withoutCoding(headers: readonly HeaderField[]): HeaderField[] {
  return headers.filter(([name]) => name.toLowerCase() === 'transfer-encoding');
}
