import { limits } from '../../limits.ts';
import type { SummarisedHandle, SummarisedObserver, WireConnection, WireDecoder } from '../decoder.ts';
import type { Failure } from '../endings.ts';
import { FrameReader, type FrameShape, type Reception } from '../frame-reader.ts';
import { Queue } from '../queue.ts';
import { failExchange, SessionDecoder } from '../session-decoder.ts';
import {
  binaryStatus,
  commandName,
  findsValue,
  HEADER_BYTES,
  type Header,
  headerOf,
  isQuiet,
  opcode,
  REQUEST,
  RESPONSE,
} from './binary.ts';
import { versionFacts } from './commands.ts';

/** Reads the binary protocol. A pair is one command with all that answers it; a quiet one that is not answered is over with the next answer. */
export function createBinaryDecoder(observer: SummarisedObserver, connection: WireConnection): WireDecoder {
  const session = new BinarySession(observer, connection);
  const requests: FrameReader = new FrameReader(
    { begins: () => session.asks(headerOf(requests.header)), ended: (_code, content) => session.asked(content) },
    new Packets(REQUEST),
  );
  const answers: FrameReader = new FrameReader(
    {
      begins: () => {
        const reception = session.answers(headerOf(answers.header));
        if (reception === null) answers.problem = 'The server answers what nobody asked.';
        return reception ?? nobody;
      },
      ended: (_code, content) => session.answered(headerOf(answers.header), content),
    },
    new Packets(RESPONSE),
  );
  return new SessionDecoder(session, {
    push: (side, bytes) => {
      const reader = side === 'client' ? requests : answers;
      reader.push(bytes, session.at);
      if (reader.problem !== '') session.giveUp({ code: 'malformed-message', detail: reader.problem });
    },
    waiting: () => session.waiting.length,
    crowd: 'commands were sent without an answer',
    fail: (failure) => session.fail(failure),
  });
}

/** Of what passes unread. */
const nobody: Reception = { to: null, handle: null, collect: 0, clear: Number.POSITIVE_INFINITY };

class Packets implements FrameShape {
  readonly most = HEADER_BYTES;
  readonly #magic: number;

  constructor(magic: number) {
    this.#magic = magic;
  }

  size(): number {
    return HEADER_BYTES;
  }

  type(header: Buffer): number {
    return header[1] as number;
  }

  length(header: Buffer): number {
    const { magic, keyBytes, extrasBytes, bodyBytes } = headerOf(header);
    return magic === this.#magic && keyBytes + extrasBytes <= bodyBytes ? bodyBytes : -1;
  }
}

/** A command, until it is over. */
interface Asked {
  readonly handle: SummarisedHandle;
  readonly code: number;
  readonly opaque: number;
  /** Where its key stands in what was collected. */
  readonly keyAt: number;
  location: string;
  requestOpen: boolean;
  answering: boolean;
  over: boolean;
}

/** What the two directions share. */
class BinarySession {
  readonly #observer: SummarisedObserver;
  readonly #connection: WireConnection;
  readonly waiting = new Queue<Asked>();
  readonly open = new Set<Asked>();
  at = 0;
  failure: Failure | null = null;
  /** The command that is coming. */
  #coming: Asked | null = null;

  constructor(observer: SummarisedObserver, connection: WireConnection) {
    this.#observer = observer;
    this.#connection = connection;
  }

  giveUp(failure: Failure): void {
    this.failure ??= failure;
  }

  /** A command begins. */
  asks({ code, opaque, keyBytes, extrasBytes }: Header): Reception {
    this.#coming = null;
    const head = keyBytes + extrasBytes;
    const clear = code === opcode.saslAuth || code === opcode.saslStep ? head : Number.POSITIVE_INFINITY;
    if (code === opcode.quit || code === opcode.quitQuiet) return nobody;
    const handle = this.#observer.exchangeStarted(this.at);
    const asked: Asked = {
      handle,
      code,
      opaque,
      keyAt: extrasBytes,
      location: '',
      requestOpen: true,
      answering: false,
      over: false,
    };
    this.#coming = asked;
    this.open.add(asked);
    // A value may be refused before all of it has come.
    this.waiting.add(asked);
    return { to: 'request', handle, exchange: asked, collect: Math.min(head, limits.wireTextBytes), clear };
  }

  asked(content: Buffer): void {
    const asked = this.#coming;
    if (asked === null) return;
    asked.location = content.toString('utf8', asked.keyAt).slice(0, limits.summaryChars);
    if (asked.over) return;
    this.#say(asked, '');
    asked.requestOpen = false;
    asked.handle.requestEnded(this.at);
  }

  /** An answer begins; null when nobody asked for it. */
  answers({ code, opaque, bodyBytes }: Header): Reception | null {
    const asked = this.#whoAsked(code, opaque);
    // A server that ends the connection as it was asked to says good-bye.
    if (asked === null) return code === opcode.quit ? nobody : null;
    if (!asked.answering) {
      asked.answering = true;
      asked.handle.responseStarted(this.at);
    }
    const collect = code === opcode.version ? Math.min(bodyBytes, limits.wireTextBytes) : 0;
    return { to: 'response', handle: asked.handle, exchange: asked, collect, clear: Number.POSITIVE_INFINITY };
  }

  answered({ code, status, keyBytes }: Header, content: Buffer): void {
    const asked = this.waiting.first;
    if (asked === undefined || code === opcode.quit) return;
    // Statistics come one by one, and end with nothing.
    if (code === opcode.stat && status === 0 && keyBytes > 0) return;
    if (code === opcode.version && status === 0) {
      const facts = versionFacts(content.toString('latin1'));
      if (facts !== null) this.#connection.learned(facts);
    }
    this.waiting.shift();
    this.#over(asked, binaryStatus(code, status));
  }

  fail(failure: Failure): void {
    for (let asked = this.waiting.shift(); asked !== undefined; asked = this.waiting.shift()) {
      // Nothing was worth an answer, as it was asked.
      const silent = isQuiet(asked.code) && !asked.answering && !asked.requestOpen && failure.code === 'client-gone';
      if (silent) this.#over(asked, 'NO REPLY');
      else failExchange(this, asked, failure);
    }
  }

  /** Answers come in the order of the commands. Quiet commands before the one that is answered were not worth an answer. */
  #whoAsked(code: number, opaque: number): Asked | null {
    for (let asked = this.waiting.first; asked !== undefined; asked = this.waiting.first) {
      if (asked.code === code && asked.opaque === opaque) return asked;
      if (!isQuiet(asked.code) || asked.answering || asked.requestOpen) return null;
      this.waiting.shift();
      asked.handle.responseStarted(this.at);
      this.#over(asked, findsValue(asked.code) ? 'MISS' : 'OK');
    }
    return null;
  }

  #over(asked: Asked, status: string): void {
    asked.over = true;
    this.open.delete(asked);
    if (asked.requestOpen) asked.handle.requestEnded(this.at);
    this.#say(asked, status);
    asked.handle.responseEnded(this.at);
  }

  #say({ handle, code, location }: Asked, status: string): void {
    handle.summary({ command: commandName(code), location, status });
  }
}
