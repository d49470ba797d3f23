/** What a line of a tree says beside its value, by the place of the value in the text. */
export interface TreeNotes {
  /** Ascending. */
  places: number[];
  texts: string[];
}

/** Notes that are kept; a tree with more of them says nothing of the rest. */
const MOST_NOTES = 200_000;

/** Writes JSON text piece by piece for what is not JSON, so that it is looked at in the same tree. */
export class TreeText {
  #parts: string[] = [];
  #length = 0;
  /** For each thing that is open: whether something stands in it already. */
  #filled: boolean[] = [false];
  readonly notes: TreeNotes = { places: [], texts: [] };

  get text(): string {
    return this.#parts.join('');
  }

  get length(): number {
    return this.#length;
  }

  #write(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  #entry(key: string | null): void {
    if (this.#filled.at(-1) === true) this.#write(key === null && this.#filled.length === 1 ? '\n' : ',');
    this.#filled[this.#filled.length - 1] = true;
    if (key !== null) this.#write(`${JSON.stringify(key)}:`);
  }

  /** A scalar as it stands in JSON; `note` is shown beside it. */
  value(key: string | null, json: string, note = ''): void {
    this.#entry(key);
    this.#note(note);
    this.#write(json);
  }

  open(key: string | null, sign: '{' | '[', note = ''): void {
    this.#entry(key);
    this.#note(note);
    this.#write(sign);
    this.#filled.push(false);
  }

  close(sign: '}' | ']'): void {
    this.#filled.pop();
    this.#write(sign);
  }

  #note(note: string): void {
    if (note === '' || this.notes.places.length >= MOST_NOTES) return;
    this.notes.places.push(this.#length);
    this.notes.texts.push(note);
  }
}

/** The note of the value that begins at a place; empty when it has none. */
export function noteAt({ places, texts }: TreeNotes, place: number): string {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return places[low] === place ? (texts[low] ?? '') : '';
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes of a binary value that are written out. */
const SHOWN_BYTES = 4_096;

/** Bytes as hexadecimal digits for a string value. */
export function hexText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(0, SHOWN_BYTES)) text += HEX[byte] ?? '';
  return bytes.length > SHOWN_BYTES ? `${text}…` : text;
}
