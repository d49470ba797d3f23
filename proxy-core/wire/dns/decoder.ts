import { limits } from '../../limits.ts';
import type { FailureCode, Side } from '../../rrpair/pair.ts';
import { Content } from '../content.ts';
import type { EndOfStream, SummarisedHandle, SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import { Endings, type Failure } from '../endings.ts';
import { FrameReader, type FrameShape } from '../frame-reader.ts';
import { HEADER_BYTES, type Head, headOf, operations, questionOf, recordOf, SOA, statusOf, typeName } from './message.ts';

/** Reads DNS over TCP (RFC 1035, 4.2.2; RFC 7766). A pair is a question with its answer, which for the transfer of a zone may be many messages. */
export function createDnsDecoder(observer: SummarisedObserver, _connection: WireConnection): WireDecoder {
  return new DnsDecoder(observer);
}

interface Asked {
  handle: SummarisedHandle;
  command: string;
  location: string;
  /** The answer is a zone, or what has changed in it: records of the kind SOA are its brackets. */
  transfer: boolean;
  brackets: number;
  answering: boolean;
}

/** Two bytes of length, then the message. */
const shape: FrameShape = {
  most: 2,
  size: () => 2,
  type: () => 0,
  length: (header) => header.readUInt16BE(0),
};

class DnsDecoder implements WireDecoder {
  readonly #observer: SummarisedObserver;
  readonly #readers: Readonly<Record<Side, FrameReader>>;
  readonly #endings = new Endings();
  readonly #waiting = new Map<number, Asked>();
  #at = 0;
  problem = '';

  constructor(observer: SummarisedObserver) {
    this.#observer = observer;
    this.#readers = { client: readerOf((content) => this.#asks(content)), server: readerOf((content) => this.#answers(content)) };
  }

  get passedThrough(): boolean {
    return this.problem !== '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.problem !== '') return;
    this.#at = at;
    const reader = this.#readers[side];
    reader.push(bytes, at);
    if (reader.problem !== '') this.#giveUp('malformed-message', reader.problem);
    if (this.#waiting.size > limits.pipelinedCommands) {
      this.#giveUp('not-decoded', `More than ${String(limits.pipelinedCommands)} questions were asked without an answer.`);
    }
  }

  end(side: Side, how: EndOfStream, at: number): void {
    this.#at = at;
    const failure = this.#endings.ended(side, how);
    if (failure !== null) this.#fail(failure);
  }

  #asks(message: Buffer): void {
    const content = new Content(message);
    const head = headOf(content);
    const question = head.questions > 0 ? questionOf(content) : null;
    if (message.length < HEADER_BYTES || head.isResponse || (question === null && head.questions > 0)) {
      this.#readers.client.problem = 'A client sends no question like this.';
      return;
    }
    const handle = this.#observer.exchangeStarted(this.#at);
    const bytes = framed(message);
    handle.requestBody(bytes, bytes.length, this.#at);
    handle.requestEnded(this.#at);
    const type = question === null ? '' : typeName(question.type);
    const asked: Asked = {
      handle,
      command: operations[head.operation] ?? 'Query',
      location: question === null ? '' : `${question.name} ${type}`,
      transfer: type === 'AXFR' || type === 'IXFR',
      brackets: 0,
      answering: false,
    };
    this.#say(asked, '');
    const before = this.#waiting.get(head.id);
    if (before !== undefined) this.#over(before, 'NO REPLY');
    this.#waiting.set(head.id, asked);
  }

  #answers(message: Buffer): void {
    const content = new Content(message);
    const head = headOf(content);
    const asked = this.#waiting.get(head.id);
    if (message.length < HEADER_BYTES || !head.isResponse || asked === undefined) {
      this.#readers.server.problem = 'The server answers what nobody asked.';
      return;
    }
    if (!asked.answering) asked.handle.responseStarted(this.#at);
    asked.answering = true;
    const bytes = framed(message);
    asked.handle.responseBody(bytes, bytes.length, this.#at);
    if (asked.transfer && head.code === 0 && goesOn(asked, head, content)) return;
    this.#waiting.delete(head.id);
    this.#over(asked, statusOf(head.code));
  }

  #say({ handle, command, location }: Asked, status: string): void {
    handle.summary({ command, location, status });
  }

  #over(asked: Asked, status: string): void {
    this.#say(asked, status);
    asked.handle.responseEnded(this.#at);
  }

  #giveUp(code: FailureCode, detail: string): void {
    if (this.problem !== '') return;
    this.problem = detail;
    this.#fail({ code, detail });
  }

  #fail({ code, detail }: Failure): void {
    for (const { handle } of this.#waiting.values()) handle.failed(code, detail, this.#at);
    this.#waiting.clear();
  }
}

/** A transfer ends with the record that it began with (RFC 5936, 2.2); a lone one says that nothing has changed (RFC 1995, 4). */
function goesOn(asked: Asked, head: Head, content: Content): boolean {
  for (let left = head.questions; left > 0; left -= 1) questionOf(content);
  let last = 0;
  for (let left = head.answers; left > 0; left -= 1) {
    const record = recordOf(content);
    if (record === null) return false;
    last = record.type;
    if (record.type === SOA) asked.brackets += 1;
  }
  const isLone = asked.brackets === 1 && head.answers === 1 && asked.location.endsWith(' IXFR');
  return !isLone && (last !== SOA || asked.brackets < 2);
}

/** Messages are collected whole: none is longer than 64 KiB. */
function readerOf(ended: (message: Buffer) => void): FrameReader {
  return new FrameReader(
    {
      begins: (_type, length) => ({ to: null, handle: null, collect: length, clear: Number.POSITIVE_INFINITY }),
      ended: (_type, content) => ended(content),
    },
    shape,
  );
}

function framed(message: Buffer): Buffer {
  const bytes = Buffer.alloc(2 + message.length);
  bytes.writeUInt16BE(message.length);
  message.copy(bytes, 2);
  return bytes;
}
