import { limits } from '../limits.ts';

/** The end of what a program wrote to its standard error, for a sentence. */
export class LastWords {
  #bytes: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]).subarray(-limits.lastWordsBytes);
  }

  /** The last lines, as one line without control characters or a full stop. */
  get text(): string {
    const lines = this.#bytes.toString().split('\n');
    const said = lines.map((line) => line.replace(/\p{Cc}/gu, '').trim()).filter((line) => line !== '');
    return said.slice(-3).join(' / ').replace(/\.$/, '');
  }
}
