import { limits } from '../../limits.ts';
import type { FailureCode } from '../../rrpair/pair.ts';
import { Content } from '../content.ts';
import type { SummarisedHandle, WayToTls } from '../decoder.ts';
import { FrameReader, type Reception } from '../frame-reader.ts';
import { tlsAtOnce } from '../tls-at-once.ts';
import { columnsOf, errorStatus } from './content.ts';
import { sslRequest } from './detect.ts';
import { postgresqlFrames } from './frames.ts';
import { endsWithReady, type Operation, type Session } from './session.ts';

/** Types of what a server (the “backend”) sends. */
const type = {
  notification: 0x41, // A
  commandComplete: 0x43, // C
  dataRow: 0x44, // D
  error: 0x45, // E
  copyIn: 0x47, // G
  copyOut: 0x48, // H
  emptyQuery: 0x49, // I
  key: 0x4b, // K
  notice: 0x4e, // N
  authentication: 0x52, // R
  parameterStatus: 0x53, // S
  rowDescription: 0x54, // T
  callResult: 0x56, // V
  copyBoth: 0x57, // W
  ready: 0x5a, // Z
  copyDone: 0x63, // c
  copyData: 0x64, // d
  noData: 0x6e, // n
  portalSuspended: 0x73, // s
  parameters: 0x74, // t
  version: 0x76, // v
  parsed: 0x31, // 1
  bound: 0x32, // 2
  closed: 0x33, // 3
} as const;

const known: ReadonlySet<number> = new Set(Object.values(type));

/** Messages of which more is read than that they came. */
const telling: ReadonlySet<number> = new Set([type.error, type.notification, type.parameterStatus, type.parameters]);

/** What answers which operation. */
const answers = new Map<number, readonly Operation['kind'][]>([
  [type.parsed, ['parse']],
  [type.bound, ['bind']],
  [type.closed, ['close']],
  [type.noData, ['describe']],
  [type.portalSuspended, ['execute']],
  [type.ready, ['startup', 'query', 'call', 'sync']],
]);

/** SSLRequest is answered with one byte. */
const wayToTls: WayToTls = {
  steps: [{ say: sslRequest, heard: (bytes) => (bytes.length === 0 ? 'more' : bytes[0] === 0x53 ? 1 : 'no') }],
  replaces: true,
};

/** Reads what the server sends and joins it to what was asked. */
export class ServerMessages {
  readonly #session: Session;
  readonly #reader: FrameReader;
  readonly #refused: () => void;
  /** Who gets what nobody asked for. */
  #push: SummarisedHandle | null = null;
  #facts = { server: '', evidence: '' };
  /** Where the row went that came last: rows come by the thousands. */
  #rows: Reception | null = null;

  /** `refused` is called when the server does not want encryption, so that the client begins anew. */
  constructor(session: Session, refused: () => void) {
    this.#session = session;
    this.#refused = refused;
    this.#reader = new FrameReader(
      { begins: (kind) => this.#begins(kind), ended: (kind, content) => this.#ended(kind, content) },
      postgresqlFrames,
    );
  }

  push(bytes: Buffer): void {
    const session = this.#session;
    let at = 0;
    while (at < bytes.length && session.failure === null) {
      if (session.negotiating !== null && bytes[at] !== type.error) {
        this.#negotiated(bytes[at] as number);
        at += 1;
        continue;
      }
      at = this.#reader.push(bytes, session.at, at);
      if (this.#reader.problem !== '') session.giveUp({ code: 'malformed-message', detail: this.#reader.problem });
    }
  }

  /** Whatever has begun unasked will not end. */
  failed(code: FailureCode, detail: string): void {
    this.#push?.failed(code, detail, this.#session.at);
    this.#push = null;
  }

  /** The one byte with which a request for encryption is answered. */
  #negotiated(answer: number): void {
    const session = this.#session;
    const { negotiating } = session;
    session.negotiating = null;
    if (answer === 0x4e) this.#refused();
    else if (answer === 0x53 && negotiating === 'tls') {
      this.#refused();
      session.connection.tlsMayFollow(tlsAtOnce, wayToTls);
    } else if (answer === 0x47 && negotiating === 'gss') {
      session.giveUp({ code: 'not-decoded', detail: 'The connection goes on with GSSAPI encryption, which cannot be read.' });
    } else session.giveUp({ code: 'malformed-message', detail: 'A request for encryption was answered with something else.' });
  }

  #begins(kind: number): Reception {
    const session = this.#session;
    if (kind === type.dataRow && this.#rows !== null && this.#rows.handle === session.operations.first?.exchange.handle) {
      return this.#rows;
    }
    if (!known.has(kind)) this.#reader.problem = 'A server sends no message of this type.';
    const operation = session.operations.first;
    const unasked =
      kind === type.notification ||
      (operation === undefined && (kind === type.notice || kind === type.error || kind === type.parameterStatus));
    if (unasked) {
      this.#push = session.push();
      return { to: 'response', handle: this.#push, collect: limits.wireTextBytes, clear: Number.POSITIVE_INFINITY };
    }
    if (operation === undefined) {
      this.#reader.problem ||= 'The server answers what nobody asked.';
      return { to: null, handle: null, collect: 0, clear: 0 };
    }
    const { exchange } = operation;
    if (!exchange.answering && kind !== type.parameterStatus) {
      exchange.answering = true;
      exchange.handle.responseStarted(session.at);
    }
    const isData = kind === type.dataRow || kind === type.copyData;
    // What frames the rows of a simple query says nothing that its end does not.
    const frames = operation.kind === 'query' && (kind === type.rowDescription || kind === type.commandComplete);
    const bulk = isData || frames;
    const describes = kind === type.rowDescription && operation.kind === 'describe';
    const collect = describes ? limits.readingContextBytes : telling.has(kind) ? limits.wireTextBytes : 0;
    // The key with which a query can be cancelled.
    const clear = kind === type.key ? 4 : Number.POSITIVE_INFINITY;
    const reception: Reception = { to: 'response', handle: exchange.handle, collect, clear, bulk };
    this.#rows = kind === type.dataRow ? reception : null;
    return reception;
  }

  #ended(kind: number, content: Buffer): void {
    const session = this.#session;
    if (this.#reader.problem !== '') return;
    if (kind === type.parameterStatus) this.#parameter(content);
    if (this.#push !== null) {
      this.#unasked(kind, content);
      return;
    }
    const operation = session.operations.first;
    if (operation === undefined) return;
    const expected = answers.get(kind);
    if (expected !== undefined && !expected.includes(operation.kind)) {
      this.#reader.problem = 'The server answers something else than was asked.';
      return;
    }
    if (expected !== undefined) this.#answered(kind);
    else this.#during(kind, operation, content);
  }

  #answered(kind: number): void {
    const session = this.#session;
    const operation = session.operations.shift();
    if (operation === undefined) return;
    const { exchange } = operation;
    if (kind === type.ready) {
      session.skipping = false;
      // Data that the client was about to send is not wanted any more.
      if (operation.kind !== 'sync' || exchange !== session.building) session.requestEnds(exchange);
      if (operation.kind === 'startup') this.#learn();
    }
    session.maybeOver(exchange);
  }

  #during(kind: number, operation: Operation, content: Buffer): void {
    const session = this.#session;
    const { exchange, statement } = operation;
    switch (kind) {
      case type.rowDescription:
        exchange.hasColumns = true;
        if (operation.kind !== 'describe') return;
        if (statement !== null) statement.columns = columnsOf(content);
        this.#answered(kind);
        return;
      case type.parameters: {
        const list = new Content(content);
        const types: number[] = [];
        for (let left = Math.min(list.int16(), 200); left > 0 && list.left >= 4; left -= 1) types.push(list.int32());
        if (statement !== null) statement.parameters = types;
        return;
      }
      case type.commandComplete:
      case type.emptyQuery:
        if (operation.kind === 'execute') this.#answered(kind);
        return;
      case type.copyBoth:
        session.giveUp({ code: 'not-decoded', detail: 'What follows is replication, which is not read.' });
        return;
      case type.error:
        this.#error(operation, content);
        return;
      default:
    }
  }

  #error(operation: Operation, content: Buffer): void {
    const session = this.#session;
    operation.exchange.status = errorStatus(content);
    session.say(operation.exchange);
    if (endsWithReady(operation)) return;
    session.skipping = true;
    // What was sent behind it is skipped too, up to the Sync.
    for (let next = session.operations.first; next !== undefined && next.kind !== 'sync'; next = session.operations.first) {
      session.operations.shift();
      if (next.exchange.status === '') next.exchange.status = 'SKIPPED';
      session.maybeOver(next.exchange);
    }
  }

  #unasked(kind: number, content: Buffer): void {
    const handle = this.#push;
    this.#push = null;
    if (handle === null) return;
    const read = new Content(content);
    if (kind === type.notification) {
      read.int32();
      handle.summary({ command: 'NOTIFY', location: read.text(), status: 'PUSH' });
    } else if (kind === type.error) handle.summary({ command: 'Error', location: '', status: errorStatus(content) });
    else if (kind === type.parameterStatus)
      handle.summary({ command: 'ParameterStatus', location: `${read.text()} = ${read.text()}`, status: 'PUSH' });
    else handle.summary({ command: 'Notice', location: '', status: 'PUSH' });
    handle.responseEnded(this.#session.at);
  }

  #parameter(content: Buffer): void {
    const read = new Content(content);
    const name = read.text();
    if (name !== 'server_version') return;
    // Distributions add themselves in parentheses.
    const version = /^[\w.]+/.exec(read.text())?.[0] ?? '';
    this.#facts = { server: `PostgreSQL ${version}`, evidence: `ParameterStatus server_version: ${version}` };
  }

  #learn(): void {
    const facts = this.#session.facts.filter(([, value]) => value !== '');
    this.#session.connection.learned({ ...this.#facts, facts });
  }
}
