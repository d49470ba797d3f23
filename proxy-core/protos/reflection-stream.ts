import type http2 from 'node:http2';
import { limits } from '../limits.ts';
import { lengthField } from '../wire/grpc/scan.ts';

/** The server will not tell. `unknown`: it does not know this service. */
export class NotReflected extends Error {
  readonly unknown: boolean;

  constructor(message: string, unknown: boolean) {
    super(message);
    this.unknown = unknown;
  }
}

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const UNIMPLEMENTED = '12';
const PREFIX_BYTES = 5;
const NOTHING = Buffer.alloc(0);

/** A call of ServerReflectionInfo: one question after the other, each with its answer. */
export class ReflectionStream {
  readonly #stream: http2.ClientHttp2Stream;
  /** What came and was not taken. */
  #parts: Buffer[] = [];
  #have = 0;
  /** Of all answers. */
  #received = 0;
  #waiting: { resolve: (answer: Buffer) => void; reject: (error: Error) => void } | null = null;
  #ended: Error | null = null;

  constructor(session: http2.ClientHttp2Session, service: string) {
    this.#stream = session.request({
      ':method': 'POST',
      ':path': `/${service}/ServerReflectionInfo`,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    this.#stream.on('response', (head) => {
      if (head['grpc-status'] !== undefined) this.#endWith(head);
      else if (head[':status'] !== 200) this.#fail(new NotReflected(`it answered with ${String(head[':status'])}`, true));
    });
    this.#stream.on('trailers', (trailers) => this.#endWith(trailers));
    this.#stream.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#stream.on('error', (error: Error) => this.#fail(error));
    this.#stream.on('close', () => this.#fail(new NotReflected('it ended the call', false)));
  }

  /** Asks by one text field; answers with what came, also when that is an error. */
  ask(field: number, text: string): Promise<Buffer> {
    const message = lengthField(field, Buffer.from(text));
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(message.length, 1);
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      this.#waiting = { resolve, reject };
      this.#stream.write(Buffer.concat([prefix, message]));
      this.#answer();
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  #take(bytes: Buffer): void {
    this.#received += bytes.length;
    if (this.#received > limits.protoFileBytes) {
      this.#fail(new NotReflected('it says more than there is room for', false));
      this.close();
      return;
    }
    this.#parts.push(bytes);
    this.#have += bytes.length;
    this.#answer();
  }

  #answer(): void {
    if (this.#waiting === null || this.#have < PREFIX_BYTES) return;
    // Only now and then: a large answer comes in thousands of parts.
    const [first] = this.#parts;
    if (first === undefined || first.length < PREFIX_BYTES) this.#parts = [Buffer.concat(this.#parts)];
    const end = PREFIX_BYTES + (this.#parts[0] ?? NOTHING).readUInt32BE(1);
    if (this.#have < end) return;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all.subarray(end)];
    this.#have -= end;
    const { resolve } = this.#waiting;
    this.#waiting = null;
    resolve(all.subarray(PREFIX_BYTES, end));
  }

  #endWith(fields: http2.IncomingHttpHeaders): void {
    const status = String(fields['grpc-status']);
    const message = fields['grpc-message'];
    this.#fail(new NotReflected(typeof message === 'string' ? message : `status ${status}`, status === UNIMPLEMENTED));
  }

  #fail(error: Error): void {
    this.#ended ??= error;
    this.#waiting?.reject(this.#ended);
    this.#waiting = null;
  }
}
