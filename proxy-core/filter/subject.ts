import type { HeaderField, MessageSide } from '../rrpair/shapes.ts';

/** What a filter may ask of a pair that is expensive to have. */
export interface HeavySubject {
  /** Header fields of the final head. */
  headers(side: MessageSide): readonly HeaderField[];
  /** The body's content: framing and content encoding removed, as far as it was kept. */
  body(side: MessageSide): Buffer;
}

/** A pair as a filter sees it. Times are µs, as in the engine's records. */
export interface FilterSubject extends HeavySubject {
  readonly id: number;
  readonly open: boolean;
  readonly direction: 'in' | 'out';
  readonly source: string;
  readonly protocol: string;
  readonly technologies: readonly string[];
  readonly command: string;
  readonly host: string;
  readonly location: string;
  readonly status: string;
  /** The status as a number, where it is one. */
  readonly statusCode: number | null;
  readonly error: string | null;
  /** Unix epoch, µs. */
  readonly startedAtMicros: number;
  readonly latencyMicros: number | null;
  readonly durationMicros: number | null;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly noise: boolean;
  readonly pinned: boolean;
  /** Empty when it has none. */
  readonly colour: string;
  /** Empty when there is none. */
  readonly note: string;
  /** 0 when it is not a replay. */
  readonly replayOf: number;
  /** The request because of which a server pushed it; null for all others. */
  readonly promiser: number | null;
  /** Whether it caused the pair of that number, or was caused by it. */
  isLinked(id: number): boolean;
}
