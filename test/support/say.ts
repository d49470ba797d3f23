import type { Writable } from 'node:stream';

/**
 * Tells a program everything that it is to read, and no more. On a busy machine it may have ended before; that is no failure of the test: what the program prints and its exit code
 * tell how it did. (Even to write nothing at all fails then.)
 */
export function say(stdin: Writable, text: string): void {
  stdin.on('error', () => undefined);
  stdin.end(text);
}
