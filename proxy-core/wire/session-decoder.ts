import { limits } from '../limits.ts';
import type { Side } from '../rrpair/pair.ts';
import type { EndOfStream, ExchangeHandle, WireDecoder } from './decoder.ts';
import { Endings, type Failure } from './endings.ts';

/** What the two sides of a connection have in common while it is read. */
interface DecoderSession {
  /** When the bytes came that are being read, monotonic µs. */
  at: number;
  /** Why nothing is read any more. */
  readonly failure: Failure | null;
  giveUp(failure: Failure): void;
}

/** What a protocol adds. */
interface SessionSides {
  push(side: Side, bytes: Buffer): void;
  /** How many wait for an answer. */
  waiting(): number;
  /** What they are, when there are too many: `commands were sent without an answer`. */
  readonly crowd: string;
  /** What is open ends like this. `stopped`: because nothing more is read, and not because the connection has ended. */
  fail(failure: Failure, stopped: boolean): void;
}

/** A decoder whose two sides read into one session. */
export class SessionDecoder implements WireDecoder {
  readonly #session: DecoderSession;
  readonly #sides: SessionSides;
  readonly #endings = new Endings();
  problem = '';

  constructor(session: DecoderSession, sides: SessionSides) {
    this.#session = session;
    this.#sides = sides;
  }

  get passedThrough(): boolean {
    return this.problem !== '';
  }

  push(side: Side, bytes: Buffer, at: number): void {
    if (this.problem !== '') return;
    const session = this.#session;
    const sides = this.#sides;
    session.at = at;
    sides.push(side, bytes);
    if (sides.waiting() > limits.pipelinedCommands) {
      session.giveUp({ code: 'not-decoded', detail: `More than ${String(limits.pipelinedCommands)} ${sides.crowd}.` });
    }
    if (session.failure !== null) {
      this.problem = session.failure.detail;
      sides.fail(session.failure, true);
    }
  }

  end(side: Side, how: EndOfStream, at: number): void {
    this.#session.at = at;
    const failure = this.#endings.ended(side, how);
    if (failure !== null) this.#sides.fail(failure, this.problem !== '');
  }
}

/** Ends an exchange that will stay without (the rest of) its answer. */
export function failExchange<Exchange extends { readonly handle: ExchangeHandle; over: boolean }>(
  session: { readonly at: number; readonly open: Set<Exchange> },
  exchange: Exchange,
  { code, detail }: Failure,
): void {
  exchange.over = true;
  session.open.delete(exchange);
  exchange.handle.failed(code, detail, session.at);
}
