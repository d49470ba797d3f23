/** Looking for a text in a long one, in pieces: between two of them other questions are answered, and it can be given up. */

/** Places that are counted at most. */
export const MOST_FOUND = 10_000;
/** Characters that are looked through at a time, some milliseconds. */
const PIECE_CHARS = 1_048_576;

/** Finds whatever the case; `needle` in lower case. Yields how far it is, as a share of the text. */
function* search(text: string, needle: string, places: number[]): Generator<number> {
  if (needle === '') return;
  for (let from = 0; from < text.length; from += PIECE_CHARS) {
    // What begins in this piece may end in the next.
    const piece = text.slice(from, from + PIECE_CHARS + needle.length - 1);
    const lower = piece.toLowerCase();
    // Lower-casing may change a text's length (İ), and then places in it are none in the text.
    const subject = lower.length === piece.length ? lower : piece;
    const last = places.at(-1);
    const after = last === undefined ? 0 : Math.max(0, last + needle.length - from);
    for (let at = subject.indexOf(needle, after); at >= 0; at = subject.indexOf(needle, at + needle.length)) {
      if (places.length >= MOST_FOUND) return;
      places.push(from + at);
    }
    yield Math.min(1, (from + PIECE_CHARS) / text.length);
  }
}

/** Where it stands, ascending; at once. */
export function placesOf(text: string, needle: string): Int32Array<ArrayBuffer> {
  const places: number[] = [];
  for (const _share of search(text, needle, places));
  return Int32Array.from(places);
}

/** Lets messages in that wait. A timer would wait four milliseconds each time. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(null);
  });
}

/** The same piece by piece, as long as it is wanted. */
export async function findIn(
  text: string,
  needle: string,
  tell: (share: number) => void,
  wanted: () => boolean,
): Promise<Int32Array<ArrayBuffer>> {
  const places: number[] = [];
  for (const share of search(text, needle, places)) {
    if (share >= 1) break;
    tell(share);
    await turn();
    if (!wanted()) break;
  }
  return Int32Array.from(places);
}
