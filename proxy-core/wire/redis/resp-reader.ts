import { limits } from '../../limits.ts';

/** The first byte of a value (https://redis.io/docs/latest/develop/reference/protocol-spec/, “RESP data types”). */
export const resp = {
  array: 0x2a, // *
  bulk: 0x24, // $
  simple: 0x2b, // +
  error: 0x2d, // -
  integer: 0x3a, // :
  null: 0x5f, // _
  boolean: 0x23, // #
  double: 0x2c, // ,
  bigNumber: 0x28, // (
  bulkError: 0x21, // !
  verbatim: 0x3d, // =
  map: 0x25, // %
  set: 0x7e, // ~
  attribute: 0x7c, // |
  push: 0x3e, // >
  chunk: 0x3b, // ;
  end: 0x2e, // .
} as const;

const CR = 13;
const LF = 10;
const MINUS = 0x2d;
const QUESTION = 0x3f;

type Shape = 'text' | 'bulk' | 'aggregate';

const shapes = new Map<number, Shape>([
  [resp.array, 'aggregate'],
  [resp.map, 'aggregate'],
  [resp.set, 'aggregate'],
  [resp.attribute, 'aggregate'],
  [resp.push, 'aggregate'],
  [resp.bulk, 'bulk'],
  [resp.bulkError, 'bulk'],
  [resp.verbatim, 'bulk'],
  [resp.chunk, 'bulk'],
  [resp.simple, 'text'],
  [resp.error, 'text'],
  [resp.integer, 'text'],
  [resp.null, 'text'],
  [resp.boolean, 'text'],
  [resp.double, 'text'],
  [resp.bigNumber, 'text'],
  [resp.end, 'text'],
]);

/** The length of a value that is null in RESP2, or of one whose end is marked (RESP3, “streamed”). */
export const NULL = -1;
export const STREAMED = -2;

/** Told of values as their bytes come. `depth` is 0 for a value of its own, `index` its place in what it stands in. */
export interface RespSink {
  /** A value begins: `length` bytes of a bulk string, elements of an aggregate (keys and values both), `NULL`, `STREAMED`; 0 for all others. */
  begins(type: number, length: number, depth: number, index: number): void;
  /** A run of what the scalar says that began last. */
  content(bytes: Buffer): void;
  /** The scalar is complete. */
  scalar(): void;
  /** A run of bytes of the value of depth 0, as on the wire. `secret`: they are content of which `isSecret` said so. */
  wire(bytes: Buffer, secret: boolean): void;
  /** Whether what follows is content that must not be kept. Asked at the start of each bulk string. */
  isSecret(): boolean;
  /** The value of depth 0 is complete. */
  ends(): void;
}

interface Aggregate {
  /** Elements to come; below 0 until an end is marked. */
  left: number;
  index: number;
  /** An attribute stands before a value and is none (RESP3). */
  aside: boolean;
}

type State = 'type' | 'number' | 'number-lf' | 'text' | 'text-lf' | 'payload' | 'payload-cr' | 'payload-lf';

/** Reads RESP2 and RESP3 (and the commands of clients, which are RESP arrays) from pieces of any size, and keeps nothing but where it is. */
export class RespReader {
  readonly #sink: RespSink;
  #state: State = 'type';
  readonly #stack: Aggregate[] = [];
  #type = 0;
  #shape: Shape = 'text';
  #number = 0;
  #digits = 0;
  #negative = false;
  #streamed = false;
  #payloadLeft = 0;
  #secret = false;
  /** An attribute is complete, and what it stands before has not begun. */
  #awaited = false;
  /** The first bytes of a value whose length is not complete: nobody was told of it yet. */
  #held: Buffer[] = [];
  /** Why what came is no RESP, or not what may stand here (then the sink says so), as a sentence. Nothing is read any more then. */
  problem = '';

  constructor(sink: RespSink) {
    this.#sink = sink;
  }

  /** No value has begun that is not complete. */
  get between(): boolean {
    return this.#state === 'type' && this.#stack.length === 0 && !this.#awaited;
  }

  /** Reads on; returns how many of the bytes were read: up to the end of the first complete value when `once`, or to where they are no RESP. */
  push(bytes: Buffer, from = 0, once = false): number {
    let at = from;
    /** Bytes from here on were not given to the sink yet. */
    let run = from;
    const flush = (to: number, secret = false): void => {
      if (to > run) this.#sink.wire(bytes.subarray(run, to), secret);
      run = to;
    };
    while (at < bytes.length && this.problem === '') {
      switch (this.#state) {
        case 'type': {
          if (this.#begin(bytes[at] as number)) at += 1;
          break;
        }
        case 'number': {
          const byte = bytes[at] as number;
          if (byte === CR) this.#state = 'number-lf';
          else if (!this.#digit(byte)) this.#wrong('A length is no number.');
          if (this.problem === '') at += 1;
          break;
        }
        case 'number-lf': {
          if (bytes[at] !== LF) {
            this.#wrong('A line does not end with CR LF.');
            break;
          }
          at += 1;
          this.#sized();
          for (const piece of this.#held) this.#sink.wire(piece, false);
          this.#held = [];
          if (this.#secret) flush(at);
          break;
        }
        case 'text': {
          const end = bytes.indexOf(CR, at);
          const to = end < 0 ? bytes.length : end;
          if (to > at) this.#sink.content(bytes.subarray(at, to));
          at = to;
          if (end >= 0) {
            this.#state = 'text-lf';
            at += 1;
          }
          break;
        }
        case 'text-lf': {
          if (bytes[at] !== LF) {
            this.#wrong('A line does not end with CR LF.');
            break;
          }
          at += 1;
          this.#textEnds();
          break;
        }
        case 'payload': {
          const to = Math.min(bytes.length, at + this.#payloadLeft);
          this.#sink.content(bytes.subarray(at, to));
          this.#payloadLeft -= to - at;
          at = to;
          if (this.#secret) flush(at, true);
          if (this.#payloadLeft === 0) this.#state = 'payload-cr';
          break;
        }
        case 'payload-cr': {
          if (bytes[at] !== CR) {
            this.#wrong('A string is longer than it says.');
            break;
          }
          at += 1;
          this.#state = 'payload-lf';
          break;
        }
        case 'payload-lf': {
          if (bytes[at] !== LF) {
            this.#wrong('A string is longer than it says.');
            break;
          }
          at += 1;
          this.#sink.scalar();
          this.#complete();
          break;
        }
      }
      if (this.between && this.problem === '') {
        flush(at);
        this.#sink.ends();
        if (once) return at;
      }
    }
    if (this.#stack.length > 0 || (this.#state !== 'number' && this.#state !== 'number-lf')) flush(at);
    else if (at > run) this.#held.push(Buffer.from(bytes.subarray(run, at)));
    return at;
  }

  #begin(type: number): boolean {
    const shape = shapes.get(type);
    if (shape === undefined) {
      this.#wrong('A value begins with a byte that no type of RESP has.');
      return false;
    }
    this.#type = type;
    this.#shape = shape;
    this.#secret = false;
    this.#awaited = false;
    if (shape === 'text') {
      this.#state = 'text';
      if (type !== resp.end) this.#sink.begins(type, 0, this.#stack.length, this.#index());
      return true;
    }
    this.#state = 'number';
    this.#number = 0;
    this.#digits = 0;
    this.#negative = false;
    this.#streamed = false;
    return true;
  }

  #digit(byte: number): boolean {
    if (byte === MINUS && this.#digits === 0 && !this.#negative) {
      this.#negative = true;
      return true;
    }
    if (byte === QUESTION && this.#digits === 0) {
      this.#streamed = true;
      this.#digits = 1;
      return true;
    }
    if (byte < 0x30 || byte > 0x39 || this.#streamed || this.#digits > 15) return false;
    this.#number = this.#number * 10 + (byte - 0x30);
    this.#digits += 1;
    return true;
  }

  /** The length is known. */
  #sized(): void {
    if (this.#digits === 0 || (this.#negative && this.#number !== 1)) {
      this.#wrong('A length is no number.');
      return;
    }
    const depth = this.#stack.length;
    const index = this.#index();
    if (this.#shape === 'bulk') {
      if (this.#type === resp.chunk) {
        this.#chunk(depth, index);
        return;
      }
      if (this.#streamed) {
        this.#sink.begins(this.#type, STREAMED, depth, index);
        this.#open(-1, false);
        return;
      }
      if (this.#negative) {
        this.#sink.begins(this.#type, NULL, depth, index);
        this.#sink.scalar();
        this.#complete();
        return;
      }
      this.#sink.begins(this.#type, this.#number, depth, index);
      this.#payload();
      return;
    }
    const pairs = this.#type === resp.map || this.#type === resp.attribute;
    const elements = pairs ? this.#number * 2 : this.#number;
    this.#sink.begins(this.#type, this.#streamed ? STREAMED : this.#negative ? NULL : elements, depth, index);
    if (this.#streamed) this.#open(-1, this.#type === resp.attribute);
    else if (this.#negative) this.#complete();
    else if (elements > 0) this.#open(elements, this.#type === resp.attribute);
    else if (this.#type === resp.attribute) this.#aside();
    else this.#complete();
  }

  /** A piece of a streamed string; one without bytes is its end. */
  #chunk(depth: number, index: number): void {
    if (depth === 0 || this.#negative || this.#streamed) {
      this.#wrong('A piece of a string stands alone.');
      return;
    }
    if (this.#number === 0) {
      this.#close();
      return;
    }
    this.#sink.begins(resp.chunk, this.#number, depth, index);
    this.#payload();
  }

  #payload(): void {
    this.#secret = this.#sink.isSecret();
    this.#payloadLeft = this.#number;
    this.#state = this.#number === 0 ? 'payload-cr' : 'payload';
  }

  #open(left: number, aside: boolean): void {
    if (this.#stack.length >= limits.wireNesting) this.#wrong('Values are nested too deeply.');
    else this.#stack.push({ left, index: 0, aside });
    this.#state = 'type';
  }

  #textEnds(): void {
    if (this.#type === resp.end) {
      if (this.#stack.length === 0 || (this.#stack.at(-1)?.left ?? 0) >= 0) this.#wrong('An end is marked where nothing was open.');
      else this.#close();
      return;
    }
    this.#sink.scalar();
    this.#complete();
  }

  /** A value is complete, and with it whatever it was the last element of. */
  #complete(): void {
    this.#state = 'type';
    for (;;) {
      const parent = this.#stack.at(-1);
      if (parent === undefined) return;
      parent.index += 1;
      if (parent.left < 0) return;
      parent.left -= 1;
      if (parent.left > 0) return;
      this.#stack.pop();
      if (parent.aside) {
        this.#aside();
        return;
      }
    }
  }

  /** An attribute is complete: the value itself comes after it. */
  #aside(): void {
    this.#state = 'type';
    this.#awaited = this.#stack.length === 0;
  }

  /** What is streamed is complete. */
  #close(): void {
    const closed = this.#stack.pop();
    if (closed?.aside === true) this.#aside();
    else this.#complete();
  }

  #index(): number {
    return this.#stack.at(-1)?.index ?? 0;
  }

  #wrong(problem: string): void {
    if (this.problem === '') this.problem = problem;
  }
}
