import { limits } from '../limits.ts';
import type { Frame, ReadingSection, ReadSide } from '../rrpair/reading.ts';

/** Collects what one side of a pair says, within the limits of what somebody can look at. */
export class SideReading {
  readonly #sections: ReadingSection[] = [];
  readonly #frames: Frame[] = [];
  #moreFrames = false;
  #bytesLeft = limits.readingSideBytes;
  /** Some of what is said was decompressed: it does not stand in the stored bytes as it is said. */
  packed = false;
  problem = '';

  get frames(): number {
    return this.#frames.length;
  }

  /** True when no more frames are listed: there is no use in describing them. */
  get full(): boolean {
    return this.#frames.length >= limits.readingFrames;
  }

  text(title: string, text: string, language: 'plain' | 'sql' | 'command' | 'error' = 'plain'): void {
    const shown = text.slice(0, this.#room(limits.readingValueBytes));
    this.#take(shown.length);
    this.#sections.push({ kind: 'text', title, text: shown, language, cut: text.length - shown.length });
  }

  fields(title: string, fields: readonly (readonly [name: string, value: string])[]): void {
    if (fields.length === 0) return;
    const shown = fields
      .slice(0, limits.readingRows)
      .map(([name, value]): [string, string] => [cell(name) ?? '', cell(value) ?? '']);
    this.#take(shown.reduce((sum, [name, value]) => sum + name.length + value.length, 0));
    this.#sections.push({ kind: 'fields', title, fields: shown, more: fields.length - shown.length });
  }

  /** `rows` are those of the page that begins with `offset`; each is as long as `columns`, and null stands for the protocol's null. */
  table(
    title: string,
    columns: readonly { name: string; type: string }[],
    rows: readonly (readonly (string | null)[])[],
    offset: number,
    total: number,
  ): void {
    const shown: (string | null)[][] = [];
    for (const row of rows.slice(0, limits.readingRows)) {
      if (this.#bytesLeft <= 0) break;
      const cells = row.map(cell);
      this.#take(cells.reduce((sum, text) => sum + (text?.length ?? 0), 0));
      shown.push(cells);
    }
    this.#sections.push({
      kind: 'table',
      title,
      columns: columns.map(({ name, type }) => ({ name: cell(name) ?? '', type })),
      rows: shown,
      offset,
      total,
    });
  }

  /** `bytes` may be the first of `length`. */
  value(title: string, bytes: Uint8Array, length: number, mediaType = ''): void {
    const shown = bytes.subarray(0, this.#room(limits.readingValueBytes));
    this.#take(shown.length);
    const base64 = Buffer.from(shown.buffer, shown.byteOffset, shown.byteLength).toString('base64');
    this.#sections.push({ kind: 'value', title, base64, bytes: length, mediaType });
  }

  /** Returns false when there are enough. */
  frame(frame: Frame): boolean {
    if (this.full) {
      this.#moreFrames = true;
      return false;
    }
    this.#frames.push({ ...frame, text: frame.text.length > FRAME_CHARS ? `${frame.text.slice(0, FRAME_CHARS)}…` : frame.text });
    return true;
  }

  done(): ReadSide {
    return {
      sections: this.#sections,
      frames: this.#frames,
      moreFrames: this.#moreFrames,
      packed: this.packed,
      problem: this.problem,
    };
  }

  #room(most: number): number {
    return Math.max(0, Math.min(most, this.#bytesLeft));
  }

  #take(bytes: number): void {
    this.#bytesLeft -= bytes;
  }
}

/** Characters of a frame's text: what fits beside the bytes. */
const FRAME_CHARS = 200;

/** A text as it stands in a cell. */
export function cell(text: string | null): string | null {
  if (text === null) return null;
  const shown = text.length > limits.readingCellChars ? `${text.slice(0, limits.readingCellChars)}…` : text;
  return shown.toWellFormed();
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes as text where they are UTF-8 without control characters that text has not; otherwise null. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    const text = utf8.decode(bytes);
    // oxlint-disable-next-line no-control-regex -- what tells binary data from text
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? null : text;
  } catch {
    return null; // no UTF-8
  }
}

/** The bytes as text, or in hex where they are none. */
export function textOrHex(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, limits.readingCellChars * 4);
  // A character may have been cut in its middle.
  const whole = shown.length < bytes.length ? shown.subarray(0, shown.length - 3) : shown;
  return textOf(shown) ?? textOf(whole) ?? `0x${Buffer.from(shown.subarray(0, limits.readingCellChars / 2)).toString('hex')}`;
}

/** The member of a context that is a text; empty when it is none. */
export function contextText(context: Readonly<Record<string, unknown>>, name: string): string {
  const value = context[name];
  return typeof value === 'string' ? value : '';
}

/** The member of a context that is a list of texts. */
export function contextTexts(context: Readonly<Record<string, unknown>>, name: string): string[] {
  const value = context[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The member of a context that is a number; 0 when it is none. */
export function contextNumber(context: Readonly<Record<string, unknown>>, name: string): number {
  const value = context[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
}

/** The member of a context that is a list of numbers. */
export function contextNumbers(context: Readonly<Record<string, unknown>>, name: string): number[] {
  const value = context[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
}
