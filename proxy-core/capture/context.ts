import type { SecureContext } from 'node:tls';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ConnectionInfo, Direction } from '../rrpair/pair.ts';
import type { CertificateAuthority } from '../tls/authority.ts';
import type { ServerPlace } from '../wire/decoder.ts';
import { type AppTarget, hostPort } from './app-target.ts';
import { FailOpen } from './fail-open.ts';
import { type BoundAddress, isOwnListener, isUnspecified } from './own-addresses.ts';
import type { Recorder } from './recorder.ts';
import type { NewConnection } from './route.ts';
import { Sweep } from './sweep.ts';
import { trustedContext } from './upstream-trust.ts';

/** Something that the user has to know. The same condition keeps its `id`. */
export interface CaptureNotice {
  id: string;
  level: 'info' | 'warning' | 'error';
  text: string;
}

/** What every kind of capture is told. */
export interface ContextOptions {
  /** Accept upstream certificates that cannot be verified. */
  insecureUpstream: boolean;
  /** CAs to trust for upstream connections, beside the usual ones. */
  extraCaPem?: readonly string[];
  /** Name of the source that connections belong to; default `local`. */
  source?: string;
  /** Time for which a client that refused to be decrypted passes as it is, ms; default `limits.failOpenMillis`. */
  failOpenMillis?: number;
  /** Id of the first connection; by default they go on from those of earlier captures of this process. */
  firstConnectionId?: number;
}

/** How to capture; everything is resolved, nothing has a default. */
export interface CaptureOptions extends ContextOptions {
  /** Where inbound traffic goes; null captures outbound traffic only. */
  app: AppTarget | null;
  /** 0 takes a free port. */
  inPort: number;
  /** 0 takes a free port. */
  outPort: number;
  /** Address to listen on. */
  bind: string;
  /** Time that open exchanges get when capture stops, ms; default `limits.drainMillis`. */
  drainMillis?: number;
}

/** Where leaves come from. */
export type LeafSource = Pick<CertificateAuthority, 'contextFor' | 'cachedContext'>;

/** What became of a TLS connection. */
export interface TlsOutcome {
  direction: Direction;
  /** `host:port`, as the client knows it. */
  destination: string;
  decrypted: boolean;
  /** Why it was not decrypted, as a sentence; empty when it was. */
  reason: string;
  /** The client refused our certificate, now or before. */
  distrusted: boolean;
}

/** The parts that capture is built from. */
export interface CaptureParts {
  authority: LeafSource;
  recorder: Recorder;
  notify(notice: CaptureNotice): void;
  /** Told for every TLS connection. */
  tlsSeen?(outcome: TlsOutcome): void;
}

/** A connection that is being captured, in whichever state. */
export interface LiveConnection {
  /** No request waits for its answer: it may be closed without harm. */
  readonly idle: boolean;
  /**
   * Ends it now; what is open is recorded as `capture-stopped`. `reset` leaves no doubt to both ends that it was cut off: a FIN could be taken for the end
   * of what was being sent.
   */
  stop(how?: 'reset'): void;
  /** Asks the client, where its protocol has words for that, to make its next request on another connection. */
  retire?(): void;
}

/** What all connections of one capture share. */
export class CaptureContext implements CaptureParts {
  readonly options: ContextOptions;
  readonly authority: LeafSource;
  readonly recorder: Recorder;
  readonly notify: (notice: CaptureNotice) => void;
  readonly tlsSeen: (outcome: TlsOutcome) => void;
  readonly failOpen: FailOpen;
  readonly live = new Set<LiveConnection>();
  /** Addresses of our own listeners. */
  readonly listeners: BoundAddress[] = [];
  /** Clients of a proxy that have not said where to. */
  readonly preambles = new Sweep<{ expired(): void }>(limits.preambleMillis, (waiting) => waiting.expired());
  /** Connections whose first bytes are waited for. */
  readonly firstBytes = new Sweep<{ expired(): void }>(limits.sniffMillis, (waiting) => waiting.expired());
  readonly isOwn = (address: string, port: number): boolean => isOwnListener(this.listeners, address, port);
  #upstreamContext: SecureContext | null = null;
  #nextConnectionId: number | null;
  #toldWhereClientsGo = false;
  #toldWhatOutboundIs = false;

  constructor(options: ContextOptions, parts: CaptureParts) {
    this.options = options;
    this.authority = parts.authority;
    this.recorder = parts.recorder;
    this.failOpen = new FailOpen(options.failOpenMillis);
    this.notify = (notice) => parts.notify(notice);
    this.tlsSeen = (outcome) => parts.tlsSeen?.(outcome);
    this.#nextConnectionId = options.firstConnectionId ?? null;
  }

  /**
   * Who is trusted to be an upstream. Made when it is asked for first, which takes a tenth of a second and some MB.
   *
   * @throws SidetapError `certificate-unusable`
   */
  get upstreamContext(): SecureContext {
    this.#upstreamContext ??= trustedContext(this.options.extraCaPem ?? []);
    return this.#upstreamContext;
  }

  /** A defect of ours that cost a connection. */
  defect(error: unknown): void {
    const text = `A connection was closed because of a defect in Sidetap: ${messageOf(error)}. Please report it.`;
    this.notify({ id: 'capture-defect', level: 'error', text });
  }

  /** A server behind the reverse listener sends its clients on. Where that is past the listener, what they say next is not seen: that is told once. */
  goesOn({ entry, upstreamHost, upstreamPort }: ConnectionInfo, places: readonly ServerPlace[]): void {
    const [inbound] = this.listeners;
    if (this.#toldWhereClientsGo || entry !== 'reverse' || inbound === undefined) return;
    const past = places.find(({ host, port }) => port !== inbound.port || (port === upstreamPort && host === upstreamHost));
    if (past === undefined) return;
    this.#toldWhereClientsGo = true;
    const here = isUnspecified(inbound.host)
      ? `port ${String(inbound.port)} of this machine`
      : hostPort(inbound.host, inbound.port);
    const text = `${hostPort(upstreamHost, upstreamPort)} sends its clients on to ${hostPort(past.host, past.port)}, past Sidetap, so that only their first connection is seen: let it advertise ${here} (advertised.listeners), or capture its clients or its container, where nothing has to be changed.`;
    this.notify({ id: 'clients-go-past', level: 'warning', text });
  }

  /** Somebody calls the port for what goes out as if the application listened there, and sees nothing of it: that is told once. */
  takenForApp(): void {
    const outbound = this.listeners.at(-1);
    if (this.#toldWhatOutboundIs || outbound === undefined) return;
    this.#toldWhatOutboundIs = true;
    const [inbound] = this.listeners;
    const instead =
      inbound === undefined || inbound === outbound
        ? 'Start capture with the port of your application to get an address at which to call it.'
        : `Call your application at ${hostPort(inbound.host, inbound.port)} instead.`;
    const text = `${hostPort(outbound.host, outbound.port)} is called as if it were your application: it is the proxy for what your application calls. ${instead}`;
    this.notify({ id: 'outbound-taken-for-app', level: 'warning', text });
  }

  connection(known: NewConnection): ConnectionInfo {
    return {
      id: this.#nextConnectionId === null ? nextConnectionId++ : this.#nextConnectionId++,
      source: this.options.source ?? 'local',
      clientName: '',
      flow: '',
      ...known,
      upstreamAddress: '',
      dialMicros: 0,
      tlsMicros: 0,
      clientTls: null,
      upstreamTls: null,
    };
  }

  close(): void {
    this.preambles.close();
    this.firstBytes.close();
  }
}

/** Unique within the process, so that captures which follow each other in one engine never share an id. */
let nextConnectionId = 1;
