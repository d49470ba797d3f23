import { readFileSync } from 'node:fs';
import { limits } from '../limits.ts';

/** Sees whether the agent is well enough to stand between the application and the world. Times are monotonic ms. */
export class Health {
  readonly #descriptors: number;
  #lateTicks = 0;
  #unwellUntil = 0;
  #reason = '';

  /** `descriptors` is how many sockets and files the process may have open. */
  constructor(descriptors: number) {
    this.#descriptors = descriptors;
  }

  /** Every `limits.agentTickMillis`: how late this look came, ms. */
  tick(now: number, lateMillis: number): void {
    this.#lateTicks = lateMillis > limits.agentLagMillis ? this.#lateTicks + 1 : 0;
    if (this.#lateTicks < limits.agentLagTicks) return;
    this.#unwell(now, `The agent is overloaded: each connection would have to wait ${Math.round(lateMillis)} ms for it.`);
  }

  /** So many connections of clients are open; each has a socket to the other side too. Returns true when they are too many. */
  connections(now: number, connections: number): boolean {
    if (connections * 2 + limits.spareDescriptors <= this.#descriptors) return false;
    const limit = `the agent’s limit of open files (${this.#descriptors}) allows no more`;
    this.#unwell(now, `${connections} connections are open, and ${limit}.`);
    return true;
  }

  /** A connection could not be accepted. */
  acceptFailed(now: number, message: string): void {
    this.#unwell(now, `The agent could not accept a connection (${message}).`);
  }

  /** Why new connections had better go direct, as a sentence; empty when all is well. */
  problem(now: number): string {
    return now < this.#unwellUntil ? this.#reason : '';
  }

  #unwell(now: number, reason: string): void {
    this.#unwellUntil = now + limits.agentRecoverMillis;
    this.#reason = `${reason} New connections go direct until it is well again.`;
  }
}

/** How many descriptors this process may have open. Node raises the limit as far as it may go when it starts. */
export function descriptorLimit(): number {
  const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
  return line === null ? Infinity : Number(line[1]);
}
