/** A file, or a pair in it, that cannot be read; the message says why, as a sentence without its end. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}
