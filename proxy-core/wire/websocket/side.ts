import { limits } from '../../limits.ts';
import type { ReadMessage } from '../conversation.ts';
import { closeWords, isErrorClose, mayBeSent } from './close-codes.ts';
import { frameAt, opcode, unmasked, type WebSocketFrame } from './frames.ts';
import type { MessageInflater } from './inflate.ts';

/** A message whose last frame has not come. */
interface Unfinished {
  opcode: number;
  compressed: boolean;
  parts: Uint8Array[];
  bytes: number;
  wireBytes: number;
  fragments: number;
  masked: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const RSV1 = 4;
const BINARY = 'application/octet-stream';

/** Puts the frames of one side together to messages (RFC 6455 5.4). What breaks the rules in a way that can be read over is said of its message. */
export class WebSocketSide {
  readonly #from: 'client' | 'server';
  readonly #inflater: MessageInflater | null;
  readonly #found: (message: ReadMessage) => void;
  #at = 0;
  #open: Unfinished | null = null;
  #closed = false;
  /** Why no more can be read of this side, as a sentence; empty while it can. */
  problem = '';

  /** Without `inflater` compression was not agreed on. */
  constructor(from: 'client' | 'server', inflater: MessageInflater | null, found: (message: ReadMessage) => void) {
    this.#from = from;
    this.#inflater = inflater;
    this.#found = found;
  }

  /** Reads on up to `to`; what is complete by then came at `atMs`. */
  readOn(bytes: Buffer, to: number, atMs: number | null): void {
    while (this.problem === '') {
      const frame = frameAt(bytes, this.#at, to);
      if (frame === null) return;
      if (typeof frame === 'string') {
        this.#break(frame);
      } else {
        if (frame.end > to) return;
        const rule = this.#brokenRule(frame);
        if (rule === '') this.#take(bytes, frame, atMs);
        else this.#break(rule);
        this.#at = frame.end;
      }
    }
  }

  /** No more bytes will come: what was begun is shown as far as it came. */
  finish(bytes: Buffer, cut: boolean): void {
    if (this.problem !== '') return;
    const frame = frameAt(bytes, this.#at, bytes.length);
    const begun = frame !== null && typeof frame !== 'string' && this.#brokenRule(frame) === '' ? frame : null;
    const open = this.#open;
    if (begun === null && open === null) return;
    const why = cut ? 'Not all of it was kept.' : 'The connection ended within it.';
    this.#inflater?.lose();
    const kind = open?.opcode ?? begun?.opcode ?? opcode.binary;
    const parts = [...(open?.parts ?? []), ...(begun === null ? [] : [unmasked(bytes, begun)])];
    const payload = Buffer.concat(parts);
    const there = bytes.length - (begun?.offset ?? this.#at);
    this.problem = cut ? 'What came later was not kept.' : '';
    const compressed = open?.compressed ?? ((begun?.reserved ?? 0) & RSV1) !== 0;
    this.#found({
      ...this.#plain(kind, payload, null),
      wireBytes: (open?.wireBytes ?? 0) + Math.max(0, there),
      problem: compressed ? `${why} Its compressed bytes are shown.` : why,
      bad: !cut,
      ...(compressed ? { compressed } : {}),
    });
    this.#at = bytes.length;
    this.#open = null;
  }

  #break(rule: string): void {
    this.problem = `${rule} What the ${this.#from} sent from byte ${String(this.#at)} on is not read.`;
  }

  /** What makes it impossible to go on; empty when nothing does. */
  #brokenRule(frame: WebSocketFrame): string {
    const isControl = frame.opcode >= 8;
    const compressed = frame.reserved === RSV1 && this.#inflater !== null && !isControl && frame.opcode !== opcode.continuation;
    if (frame.reserved !== 0 && !compressed) return 'A frame has reserved bits set that were not agreed on.';
    if (frame.opcode === opcode.continuation && this.#open === null) return 'A frame continues a message that was not begun.';
    if ((frame.opcode === opcode.text || frame.opcode === opcode.binary) && this.#open !== null)
      return 'A message begins before the one before it has ended.';
    return '';
  }

  #take(bytes: Buffer, frame: WebSocketFrame, atMs: number | null): void {
    const payload = unmasked(bytes, frame);
    const wireBytes = frame.end - frame.offset;
    if (frame.opcode >= 8) {
      this.#control(frame, payload, wireBytes, atMs);
      return;
    }
    const open = (this.#open ??= {
      opcode: frame.opcode,
      compressed: (frame.reserved & RSV1) !== 0,
      parts: [],
      bytes: 0,
      wireBytes: 0,
      fragments: 0,
      masked: frame.key !== null,
    });
    // A flood of empty fragments is one message, and so is what is kept of it.
    if (payload.length > 0) open.parts.push(payload);
    open.bytes += payload.length;
    open.wireBytes += wireBytes;
    open.fragments += 1;
    open.masked &&= frame.key !== null;
    if (!frame.fin) return;
    this.#open = null;
    this.#data(open, atMs);
  }

  #data(open: Unfinished, atMs: number | null): void {
    const joined = open.parts.length === 1 ? (open.parts[0] as Uint8Array) : Buffer.concat(open.parts);
    const inflated = open.compressed && this.#inflater !== null ? this.#inflater.inflate(joined) : { bytes: joined, problem: '' };
    const message = this.#plain(open.opcode, inflated.bytes, atMs);
    if (open.fragments > 1) message.facts.push(['Fragments', String(open.fragments)]);
    if (open.compressed) message.facts.push(['Compressed', `${String(joined.length)} bytes`]);
    message.wireBytes = open.wireBytes;
    message.problem = inflated.problem;
    if (inflated.problem !== '') {
      message.mediaType = BINARY;
      message.compressed = true;
    } else if (open.opcode === opcode.text && !isUtf8(inflated.bytes)) this.#note(message, 'Its text is not valid UTF-8.');
    this.#checkMask(message, open.masked);
    this.#found(message);
  }

  #control(frame: WebSocketFrame, payload: Uint8Array, wireBytes: number, atMs: number | null): void {
    const message = this.#plain(frame.opcode, payload, atMs);
    message.wireBytes = wireBytes;
    this.#checkMask(message, frame.key !== null);
    if (frame.opcode === opcode.close) this.#close(message, payload);
    this.#found(message);
  }

  /** RFC 6455 5.5.1. */
  #close(message: ReadMessage, payload: Uint8Array): void {
    this.#closed = true;
    if (payload.length === 0) return;
    if (payload.length === 1) {
      this.#note(message, 'Its code is cut off.');
      return;
    }
    const code = (payload[0] as number) * 256 + (payload[1] as number);
    message.payload = payload.subarray(2);
    message.bytes = message.payload.length;
    message.label = String(code);
    message.facts.push(['Meaning', closeWords(code)]);
    if (!mayBeSent(code)) this.#note(message, `The code ${String(code)} must not be sent.`);
    else if (!isUtf8(message.payload)) this.#note(message, 'Its reason is not valid UTF-8.');
    message.bad ||= isErrorClose(code);
  }

  /** RFC 6455 5.1: a client masks its frames, a server does not. */
  #checkMask(message: ReadMessage, masked: boolean): void {
    if (masked !== (this.#from === 'client') && message.problem === '')
      this.#note(message, masked ? 'It is masked, which a server must not do.' : 'It is not masked, which a client must do.');
  }

  #note(message: ReadMessage, problem: string): void {
    message.problem = problem;
    message.bad = true;
  }

  #plain(kind: number, payload: Uint8Array, atMs: number | null): ReadMessage {
    return {
      from: this.#from,
      kind: names[kind] ?? 'binary',
      label: '',
      atMs,
      bytes: payload.length,
      wireBytes: 0,
      facts: this.#closed ? [['After the Close frame', 'the other side does not read it']] : [],
      problem: '',
      bad: false,
      payload,
      mediaType: kind === opcode.binary ? BINARY : 'text/plain',
    };
  }
}

const names: Readonly<Record<number, string>> = {
  [opcode.text]: 'text',
  [opcode.binary]: 'binary',
  [opcode.close]: 'close',
  [opcode.ping]: 'ping',
  [opcode.pong]: 'pong',
};

function isUtf8(bytes: Uint8Array): boolean {
  if (bytes.length > limits.messageBytes) return true;
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false; // that is the answer
  }
}
