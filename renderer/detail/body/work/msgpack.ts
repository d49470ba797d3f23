import { hexText, TreeText } from './treeText.ts';

/** Nesting that is followed; deeper things are refused, as by every decoder. */
const MOST_DEPTH = 500;
/** Characters of the tree that are written; a few bytes of msgpack may claim millions of entries, but each has a byte of its own. */
const MOST_CHARS = 100_000_000;

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw new Error('it ends in the middle of a value');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  uint(length: 1 | 2 | 4 | 8): number | bigint {
    this.take(length);
    const from = this.at - length;
    if (length === 1) return this.#view.getUint8(from);
    if (length === 2) return this.#view.getUint16(from);
    if (length === 4) return this.#view.getUint32(from);
    return this.#view.getBigUint64(from);
  }

  int(length: 1 | 2 | 4 | 8): number | bigint {
    this.take(length);
    const from = this.at - length;
    if (length === 1) return this.#view.getInt8(from);
    if (length === 2) return this.#view.getInt16(from);
    if (length === 4) return this.#view.getInt32(from);
    return this.#view.getBigInt64(from);
  }

  float(length: 4 | 8): number {
    this.take(length);
    return length === 4 ? this.#view.getFloat32(this.at - 4) : this.#view.getFloat64(this.at - 8);
  }
}

const utf8 = new TextDecoder();

function writeFloat(tree: TreeText, key: string | null, value: number, note: string): void {
  if (Number.isFinite(value)) tree.value(key, JSON.stringify(value), note);
  else tree.value(key, JSON.stringify(String(value)), `${note}, no number`);
}

function timestamp(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let seconds: number;
  if (bytes.length === 4) seconds = view.getUint32(0);
  else if (bytes.length === 8) seconds = Number(view.getBigUint64(0) & 0x3_ffff_ffffn);
  else if (bytes.length === 12) seconds = Number(view.getBigInt64(4));
  else return null;
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** A key as text: other kinds of keys are written as msgpack would show them. */
function readKey(reader: Reader, depth: number): string {
  const own = new TreeText();
  readValue(reader, own, null, depth);
  const { text } = own;
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

function readMap(reader: Reader, tree: TreeText, key: string | null, count: number, depth: number): void {
  tree.open(key, '{', `map of ${count}`);
  for (let entry = 0; entry < count; entry += 1) readValue(reader, tree, readKey(reader, depth), depth);
  tree.close('}');
}

function readArray(reader: Reader, tree: TreeText, key: string | null, count: number, depth: number): void {
  tree.open(key, '[', `array of ${count}`);
  for (let entry = 0; entry < count; entry += 1) readValue(reader, tree, null, depth);
  tree.close(']');
}

function readString(reader: Reader, tree: TreeText, key: string | null, length: number): void {
  tree.value(key, JSON.stringify(utf8.decode(reader.take(length))));
}

function readBinary(reader: Reader, tree: TreeText, key: string | null, length: number): void {
  tree.value(key, JSON.stringify(hexText(reader.take(length))), `binary, ${length} bytes, as hex`);
}

function readExtension(reader: Reader, tree: TreeText, key: string | null, length: number): void {
  const type = Number(reader.int(1));
  const bytes = reader.take(length);
  const date = type === -1 ? timestamp(bytes) : null;
  tree.value(
    key,
    JSON.stringify(date ?? hexText(bytes)),
    date === null ? `extension ${type}, ${length} bytes, as hex` : 'timestamp',
  );
}

/** The kinds of fixed layout, 0xc0 to 0xdf. */
function readMarked(reader: Reader, tree: TreeText, key: string | null, mark: number, depth: number): void {
  const size = (base: number): number => Number(reader.uint(([1, 2, 4] as const)[mark - base] ?? 4));
  if (mark === 0xc0) tree.value(key, 'null');
  else if (mark === 0xc2 || mark === 0xc3) tree.value(key, String(mark === 0xc3));
  else if (mark >= 0xc4 && mark <= 0xc6) readBinary(reader, tree, key, size(0xc4));
  else if (mark >= 0xc7 && mark <= 0xc9) readExtension(reader, tree, key, size(0xc7));
  else if (mark === 0xca) writeFloat(tree, key, reader.float(4), 'float 32');
  else if (mark === 0xcb) writeFloat(tree, key, reader.float(8), 'float 64');
  else if (mark >= 0xcc && mark <= 0xcf) tree.value(key, String(reader.uint(([1, 2, 4, 8] as const)[mark - 0xcc] ?? 8)));
  else if (mark >= 0xd0 && mark <= 0xd3) tree.value(key, String(reader.int(([1, 2, 4, 8] as const)[mark - 0xd0] ?? 8)));
  else if (mark >= 0xd4 && mark <= 0xd8) readExtension(reader, tree, key, 1 << (mark - 0xd4));
  else if (mark >= 0xd9 && mark <= 0xdb) readString(reader, tree, key, size(0xd9));
  else if (mark === 0xdc || mark === 0xdd) readArray(reader, tree, key, Number(reader.uint(mark === 0xdc ? 2 : 4)), depth);
  else if (mark === 0xde || mark === 0xdf) readMap(reader, tree, key, Number(reader.uint(mark === 0xde ? 2 : 4)), depth);
  else throw new Error('0xc1 stands where a value should begin');
}

function readValue(reader: Reader, tree: TreeText, key: string | null, depth: number): void {
  if (depth > MOST_DEPTH) throw new Error('it is nested too deeply');
  if (tree.length > MOST_CHARS) throw new Error('it is too large');
  const mark = Number(reader.uint(1));
  if (mark < 0x80) tree.value(key, String(mark));
  else if (mark < 0x90) readMap(reader, tree, key, mark & 0x0f, depth + 1);
  else if (mark < 0xa0) readArray(reader, tree, key, mark & 0x0f, depth + 1);
  else if (mark < 0xc0) readString(reader, tree, key, mark & 0x1f);
  else if (mark < 0xe0) readMarked(reader, tree, key, mark, depth + 1);
  else tree.value(key, String(mark - 0x100));
}

/** MessagePack, one value or several one after the other, as the text of a tree. Throws with a reason when it is none. */
export function msgpackTree(bytes: Uint8Array): TreeText {
  const reader = new Reader(bytes);
  const tree = new TreeText();
  while (!reader.done) readValue(reader, tree, null, 0);
  return tree;
}
