import { limits } from '../../limits.ts';
import type { HeaderField } from '../../rrpair/shapes.ts';
import type { ReadMessage, StoredStream, StreamReader } from '../conversation.ts';
import { connectionEnd } from '../conversation-end.ts';
import { headerValue, type ParsedHead } from '../http1/head.ts';
import { readBody } from '../read-body.ts';
import { isFailedCall, unaryError } from './connect-error.ts';
import { declaredMessage, delimitedMessages } from './declared.ts';
import { callMessage, isJson, namedBy } from './message.ts';
import type { ProtoNames } from './names.ts';
import { type CallStatus, connectStatus } from './status.ts';
import { detailsMessage } from './status-details.ts';

/** `package.Service/Method`, at the end of a path. */
const method = /\/[\w.]+\.\w+\/\w+$/;

/** A call whose bodies are one message each: unary ones of Connect, and Twirp's. Their statuses are those of HTTP. */
export function isUnaryCall(request: ParsedHead): boolean {
  const type = headerValue(request.headers, 'content-type') ?? '';
  return request.method === 'POST' && /^application\/(?:x-)?proto(?:buf)?\s*(?:;|$)/i.test(type) && method.test(request.target);
}

/** Its bodies are messages of Protocol Buffers, of which the method tells what they are, or they themselves; or it failed as calls of Connect do. */
export function hasMessages(request: ParsedHead, response: ParsedHead | null): boolean {
  return (
    [request, response].some((head) => declaredMessage(head?.headers ?? []) !== null) ||
    isUnaryCall(request) ||
    isFailedCall(request, response)
  );
}

/** Reads the message of each side, or several where a body says so; those of the server when the pair is over. */
export class UnaryReader implements StreamReader {
  readonly kind = 'grpc';
  readonly facts: [name: string, value: string][] = [];
  nameless = false;
  messages: readonly ReadMessage[] = [];
  problem = '';
  readonly #request: ParsedHead;
  readonly #names: ProtoNames | null;
  #called = false;
  /** Of an error that the server tells as Connect does. */
  #status: CallStatus | null = null;

  constructor(request: ParsedHead, names: ProtoNames | null) {
    this.#request = request;
    this.#names = names;
  }

  readOn({ request, requestCut, response, responseCut, open, heads }: StoredStream): void {
    const answer = heads?.response ?? null;
    this.nameless = false;
    this.#called = isUnaryCall(this.#request) || isFailedCall(this.#request, answer);
    this.messages = [
      // It is complete when it is answered.
      ...((open && answer === null) || (this.#request.method === 'GET' && request.length === 0)
        ? []
        : this.#messages('client', request, this.#request.headers)),
      ...(open || answer === null ? [] : this.#messages('server', response, answer.headers)),
      ...(open || answer === null ? [] : this.#details(response, answer)),
    ];
    this.problem = requestCut || responseCut ? 'What came later was not kept.' : '';
  }

  end(stream: StoredStream): string {
    const response = stream.heads?.response ?? null;
    if (stream.open) return '';
    if (response === null) return connectionEnd(stream, 'The call ended without an answer.');
    const { name = '', message = '' } = this.#status ?? {};
    const said = [name, message].filter((each) => each !== '').join(': ');
    return `The server answered with ${String(response.statusCode)}${said === '' ? '' : `, ${said}`}.`;
  }

  /** What the server says of an error beside its code. */
  #details(wire: Buffer, { statusCode, headers }: ParsedHead): ReadMessage[] {
    if (!this.#called || statusCode < 400 || !isJson(headers)) return [];
    const { bytes } = readBody(wire, headers, 'decoded', limits.messageBytes);
    const error = unaryError(Buffer.from(bytes));
    this.#status = error === null ? null : connectStatus(error);
    const details = this.#status?.details ?? '';
    return details === '' ? [] : [detailsMessage(details, this.#names, 'json')];
  }

  #messages(from: ReadMessage['from'], wire: Buffer, headers: readonly HeaderField[]): ReadMessage[] {
    const declared = declaredMessage(headers);
    const called = declared === null && this.#called;
    if (declared === null && !called) return [];
    const types = called ? this.#names?.method(this.#request.target) : null;
    const type = declared === null ? (from === 'client' ? types?.request : types?.response) : this.#names?.message(declared.name);
    const json = isJson(headers);
    if (called ? !json && (types ?? null) === null : (type ?? null) === null) this.nameless = true;
    const { bytes, complete, problem } = readBody(wire, headers, 'decoded', limits.messageBytes);
    const body = Buffer.from(bytes);
    const payloads = declared?.delimited === true ? delimitedMessages(body) : [body];
    return payloads.map((payload) =>
      callMessage({
        from,
        payload,
        json,
        named: namedBy(this.#names, type),
        atMs: null,
        wireBytes: payloads.length === 1 ? wire.length : payload.length,
        facts: declared !== null && (type ?? null) === null ? [['Declared', declared.name]] : [],
        problem: complete ? '' : problem,
      }),
    );
  }
}
