import type { SummarisedHandle } from '../decoder.ts';

/** A mail, or a command of another kind, until its last reply. */
export interface Exchange {
  readonly handle: SummarisedHandle;
  readonly command: string;
  location: string;
  status: string;
  /** Replies that are to come. */
  left: number;
  /** Nothing more will be asked: with the last reply it is complete. */
  complete: boolean;
  requestOpen: boolean;
  answering: boolean;
  over: boolean;
}

/** What waits for a reply. `ends`: with it its pair is complete, whatever it says; `fails`: only if it is an error. */
export interface Waiting {
  exchange: Exchange;
  verb: string;
  end: 'ends' | 'fails' | 'goes on';
}
