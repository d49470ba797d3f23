/**
 * What a connection listens to (https://redis.io/docs/latest/develop/pubsub/): while it is something, a client of RESP2 gets messages that look like
 * answers. Only counts are kept: names could be any number.
 */
export class Subscriptions {
  /** Channels, patterns, and shard channels. */
  readonly #of = { subscribe: 0, psubscribe: 0, ssubscribe: 0 };
  /** The totals that the server told last: of channels and patterns together, and of shard channels. */
  readonly #told = { plain: 0, shard: 0 };

  get any(): boolean {
    return this.#told.plain + this.#told.shard > 0;
  }

  /** The server has confirmed a change. `total` is what it counts now. Returns whether nothing of that kind is left. */
  changed(word: string, total: number): boolean {
    const kind = word.replace('unsub', 'sub');
    if ((kind !== 'subscribe' && kind !== 'psubscribe' && kind !== 'ssubscribe') || !Number.isInteger(total)) return true;
    const group = kind === 'ssubscribe' ? 'shard' : 'plain';
    const before = this.#told[group];
    this.#told[group] = total;
    if (total > before) this.#of[kind] += 1;
    else if (total < before) this.#of[kind] = Math.max(0, this.#of[kind] - 1);
    return this.#of[kind] === 0 || total === before;
  }

  end(): void {
    this.#of.subscribe = 0;
    this.#of.psubscribe = 0;
    this.#of.ssubscribe = 0;
    this.#told.plain = 0;
    this.#told.shard = 0;
  }
}
