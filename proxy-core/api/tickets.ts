import { randomBytes } from 'node:crypto';
import { limits } from '../limits.ts';

/**
 * Ways into the window that work once and for a moment. A browser is started with its address on its command line, which every user of
 * the machine can read for as long as it runs, so that address must not hold the token.
 */
export class Tickets {
  /** Each with the time at which it ends, on the monotonic clock. */
  readonly #open = new Map<string, number>();
  readonly #lifeMillis: number;

  constructor(lifeMillis: number = limits.ticketMillis) {
    this.#lifeMillis = lifeMillis;
  }

  issue(): string {
    const now = performance.now();
    for (const [ticket, end] of this.#open) {
      if (end > now && this.#open.size < limits.tickets) break;
      this.#open.delete(ticket);
    }
    const ticket = randomBytes(32).toString('base64url');
    this.#open.set(ticket, now + this.#lifeMillis);
    return ticket;
  }

  /** True the first time, while it is valid. */
  redeem(ticket: string): boolean {
    const end = this.#open.get(ticket);
    this.#open.delete(ticket);
    return end !== undefined && end > performance.now();
  }
}
