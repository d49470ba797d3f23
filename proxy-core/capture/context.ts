import type { SecureContext } from 'node:tls';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ConnectionInfo } from '../rrpair/pair.ts';
import type { CertificateAuthority } from '../tls/authority.ts';
import type { AppTarget } from './app-target.ts';
import { FailOpen } from './fail-open.ts';
import { type BoundAddress, isOwnListener } from './own-addresses.ts';
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

/** How to capture; everything is resolved, nothing has a default. */
export interface CaptureOptions {
  /** Where inbound traffic goes; null captures outbound traffic only. */
  app: AppTarget | null;
  /** 0 takes a free port. */
  inPort: number;
  /** 0 takes a free port. */
  outPort: number;
  /** Address to listen on. */
  bind: string;
  /** Accept upstream certificates that cannot be verified. */
  insecureUpstream: boolean;
  /** CAs to trust for upstream connections, beside the usual ones. */
  extraCaPem?: readonly string[];
  /** Time that open exchanges get when capture stops, ms; default `limits.drainMillis`. */
  drainMillis?: number;
}

/** The parts that capture is built from. */
export interface CaptureParts {
  authority: CertificateAuthority;
  recorder: Recorder;
  notify(notice: CaptureNotice): void;
}

/** A connection that is being captured, in whichever state. */
export interface LiveConnection {
  /** No request waits for its answer: it may be closed without harm. */
  readonly idle: boolean;
  /** Ends it now; what is open is recorded as `capture-stopped`. */
  stop(): void;
}

/** What all connections of one capture share. */
export class CaptureContext implements CaptureParts {
  readonly options: CaptureOptions;
  readonly authority: CertificateAuthority;
  readonly recorder: Recorder;
  readonly notify: (notice: CaptureNotice) => void;
  readonly failOpen = new FailOpen();
  readonly live = new Set<LiveConnection>();
  /** Addresses of our own listeners. */
  readonly listeners: BoundAddress[] = [];
  /** Clients of a proxy that have not said where to. */
  readonly preambles = new Sweep<{ expired(): void }>(limits.preambleMillis, (waiting) => waiting.expired());
  /** Connections whose first bytes are waited for. */
  readonly firstBytes = new Sweep<{ expired(): void }>(limits.sniffMillis, (waiting) => waiting.expired());
  readonly isOwn = (address: string, port: number): boolean => isOwnListener(this.listeners, address, port);
  /** Who is trusted to be an upstream. */
  readonly upstreamContext: SecureContext;

  constructor(options: CaptureOptions, parts: CaptureParts) {
    this.options = options;
    this.authority = parts.authority;
    this.recorder = parts.recorder;
    this.notify = (notice) => parts.notify(notice);
    this.upstreamContext = trustedContext(options.extraCaPem ?? []);
  }

  /** A defect of ours that cost a connection. */
  defect(error: unknown): void {
    const text = `A connection was closed because of a defect in Sidetap: ${messageOf(error)}. Please report it.`;
    this.notify({ id: 'capture-defect', level: 'error', text });
  }

  connection(known: NewConnection): ConnectionInfo {
    return {
      id: nextConnectionId++,
      source: 'local',
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
