import { hexRow, ROW_BYTES } from './hex.ts';
import type { ByteRange } from './ranges.ts';

interface HexLineProps {
  top: number;
  offset: number;
  digits: number;
  bytes: Uint8Array;
  range: ByteRange | null;
  onPoint: (byte: number, extend: boolean) => void;
}

/** Where a byte of a row stands among its digits. */
function digitAt(byte: number): number {
  return byte * 3 + (byte >= ROW_BYTES / 2 ? 1 : 0);
}

/** The byte of a row whose digits stand at a place. */
function byteAtDigit(place: number): number {
  return place >= digitAt(ROW_BYTES / 2) ? Math.floor((place - 1) / 3) : Math.floor(place / 3);
}

/** The character of an element under the pointer, all of which are as wide. */
function characterAt(event: React.PointerEvent<HTMLElement>, length: number): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return Math.floor(((event.clientX - left) / Math.max(1, width)) * length);
}

export function HexLine({ top, offset, digits, bytes, range, onPoint }: HexLineProps) {
  const { hex, characters } = hexRow(bytes);
  const from = range === null ? 0 : Math.max(0, range.from - offset);
  const to = range === null ? 0 : Math.min(bytes.length, range.to - offset);
  const marked = to > from;
  const point = (byte: number, event: React.PointerEvent): void => {
    if (bytes.length > 0)
      onPoint(offset + Math.min(bytes.length - 1, Math.max(0, byte)), event.shiftKey || event.type === 'pointermove');
  };
  const handlers = (toByte: (place: number) => number, length: number): React.HTMLAttributes<HTMLSpanElement> => {
    const onPointer = (event: React.PointerEvent<HTMLSpanElement>): void => {
      if ((event.buttons & 1) !== 0) point(toByte(characterAt(event, length)), event);
    };
    return { onPointerDown: onPointer, onPointerMove: onPointer };
  };
  const [hexFrom, hexTo] = [digitAt(from), digitAt(to - 1) + 2];
  return (
    <div className="line hex-line" style={{ top }}>
      <span className="hex-offset">{offset.toString(16).padStart(digits, '0')}</span>
      <span className="hex-bytes" {...handlers(byteAtDigit, hex.length)}>
        {marked ? (
          <>
            {hex.slice(0, hexFrom)}
            <span className="hex-marked">{hex.slice(hexFrom, hexTo)}</span>
            {hex.slice(hexTo)}
          </>
        ) : (
          hex
        )}
      </span>
      <span className="hex-characters" {...handlers((place) => place, Math.max(1, characters.length))}>
        {marked ? (
          <>
            {characters.slice(0, from)}
            <span className="hex-marked">{characters.slice(from, to)}</span>
            {characters.slice(to)}
          </>
        ) : (
          characters
        )}
      </span>
    </div>
  );
}
