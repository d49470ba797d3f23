/**
 * Tells which statements of a connection stand in one transaction. A connection of a pool serves one request after the other, but a transaction
 * belongs to one of them.
 */
export class Transactions {
  readonly #open = new Map<number, string>();
  #count = 0;

  /** The transaction of the next statement on a connection; null outside of one. */
  next(connection: number, protocol: string, command: string, location: string): string | null {
    const word = protocol === 'redis' ? command : firstWord(location);
    const open = this.#open.get(connection);
    if (open === undefined) {
      if (!BEGINS.test(word)) return null;
      this.#count += 1;
      const begun = `transaction ${connection} ${this.#count}`;
      this.#open.set(connection, begun);
      return begun;
    }
    // ROLLBACK TO goes back within it.
    if (ENDS.test(word) && !/^\s*rollback\s+(?:work\s+|transaction\s+)?to\b/i.test(location)) this.#open.delete(connection);
    return open;
  }
}

/** The first word of a statement behind its comments. */
function firstWord(statement: string): string {
  let at = 0;
  for (;;) {
    while (/\s/.test(statement.charAt(at))) at += 1;
    if (!statement.startsWith('/*', at)) return /^[a-z]*/i.exec(statement.slice(at, at + 20))?.[0] ?? '';
    const end = statement.indexOf('*/', at + 2);
    if (end < 0) return '';
    at = end + 2;
  }
}

const BEGINS = /^(?:begin|start|multi)$/i;
const ENDS = /^(?:commit|rollback|end|abort|exec|discard)$/i;
