import type { AgentStatus } from '../link/messages.ts';
import type { ContainerCapture } from '../rrpair/containers.ts';

/** What a capture that goes on in another container (a twin, or one that was made anew) takes along. */
export interface Continued {
  since: Date | null;
  pairsIn: number;
  pairsOut: number;
}

/** State and counts of a capture, over the lives of its agents. */
export class CaptureFacts {
  state: ContainerCapture['state'] = 'off';
  step = '';
  error = '';
  since: Date | null = null;
  #now: AgentStatus | null = null;
  /** Monotonic, ms. */
  #at = 0;
  /** Of the agents before. */
  #before = { pairsIn: 0, pairsOut: 0, pairs: 0, bodies: 0 };
  #perSecond = 0;

  /** `earlier` is what it goes on with. */
  constructor(earlier: Continued | null) {
    if (earlier === null) return;
    const { since, pairsIn, pairsOut } = earlier;
    this.since = since;
    this.#before = { ...this.#before, pairsIn, pairsOut };
  }

  /** For the capture that goes on with it. */
  get continued(): Continued {
    const { pairsIn, pairsOut } = this.view(0);
    return { since: this.since, pairsIn, pairsOut };
  }

  status(status: AgentStatus, at: number): void {
    const passed = (at - this.#at) / 1000;
    const last = this.#now;
    this.#perSecond = last === null || passed <= 0 ? 0 : (status.pairsIn + status.pairsOut - last.pairsIn - last.pairsOut) / passed;
    this.#now = status;
    this.#at = at;
    if (this.state === 'on') this.error = status.state === 'armed' ? '' : status.reason;
  }

  /** The agent is gone; `shedPairs` were dropped on this side. */
  agentGone(shedPairs: number): void {
    const { pairsIn = 0, pairsOut = 0, shed = { pairs: 0, bodies: 0 } } = this.#now ?? {};
    const before = this.#before;
    this.#before = {
      pairsIn: before.pairsIn + pairsIn,
      pairsOut: before.pairsOut + pairsOut,
      pairs: before.pairs + shed.pairs + shedPairs,
      bodies: before.bodies + shed.bodies,
    };
    this.#now = null;
    this.#perSecond = 0;
  }

  /** `shedPairs` of the running agent were dropped on this side. */
  view(shedPairs: number): ContainerCapture {
    const now = this.#now;
    const before = this.#before;
    return {
      state: this.state,
      step: this.step,
      error: this.error,
      since: this.state === 'off' || this.state === 'failed' ? null : (this.since?.toISOString() ?? null),
      inPorts: now?.listening ?? [],
      outbound: now?.state === 'armed',
      connections: now?.connections ?? 0,
      earlier: now?.earlier ?? 0,
      pairsIn: before.pairsIn + (now?.pairsIn ?? 0),
      pairsOut: before.pairsOut + (now?.pairsOut ?? 0),
      pairsPerSecond: Math.round(this.#perSecond * 10) / 10,
      shed: {
        pairs: before.pairs + (now?.shed.pairs ?? 0) + shedPairs,
        bodies: before.bodies + (now?.shed.bodies ?? 0),
      },
      agentBytes: now?.residentBytes ?? 0,
    };
  }
}
