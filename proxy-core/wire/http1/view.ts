/** The bytes from `from` to `to` without a copy; the piece itself when that is all of it, because making a view costs more than most of what is done with it. */
export function viewOf(bytes: Buffer, from: number, to: number): Buffer {
  return from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
}
