import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { saveFile } from '../../app/saveFile.ts';
import { IconButton } from '../../design/Button.tsx';
import { CopyButton } from '../../design/CopyButton.tsx';
import { formatCount, plural } from '../../design/format.ts';
import { toast } from '../../design/toasts.ts';
import { visible } from '../../design/visible.ts';
import { type ByteSource, latin1 } from './bytes.ts';
import { type ByteRange, readings } from './ranges.ts';

/** Bytes of a range that are read for what they mean. */
const READ_BYTES = 64;
/** Bytes that are copied as digits at most. */
const COPIED_BYTES = 4_194_304;

/** All bytes of a range, from however many parts. */
async function readAll(source: ByteSource, { from, to }: ByteRange): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(to - from);
  for (let at = from; at < to; ) {
    const part = await source.read(at, Math.min(to - at, 1_048_576));
    if (part.length === 0) break;
    bytes.set(part, at - from);
    at += part.length;
  }
  return bytes;
}

async function asHex(source: ByteSource, { from, to }: ByteRange): Promise<string> {
  const bytes = await readAll(source, { from, to: Math.min(to, from + COPIED_BYTES) });
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

async function save(source: ByteSource, range: ByteRange): Promise<void> {
  try {
    await saveFile(`bytes-${range.from}-${range.to - 1}.bin`, [await readAll(source, range)], 'application/octet-stream');
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Where the chosen bytes stand, what they may mean, and ways to take them along. */
export function HexFoot({ source, range }: { source: ByteSource; range: ByteRange | null }) {
  const [read, setRead] = useState<Uint8Array<ArrayBuffer> | null>(null);
  const from = range?.from ?? -1;
  const to = range?.to ?? -1;
  useEffect(() => {
    if (from < 0) return undefined;
    const stop = new AbortController();
    source
      .read(from, Math.min(to - from, READ_BYTES), stop.signal)
      .then((bytes) => {
        if (!stop.signal.aborted) setRead(bytes);
      })
      .catch((error: unknown) => {
        // What cannot be read is said above; there is only nothing to say of its meaning.
        if (!isAbort(error) && !stop.signal.aborted) setRead(null);
      });
    return () => stop.abort();
    // A source of the same bytes is made anew with every drawing.
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [from, to, source.size]);
  if (range === null) {
    return (
      <div className="json-foot">
        <p className="json-path muted">Choose bytes by pointing or with the arrow keys; Shift makes it a range.</p>
      </div>
    );
  }
  const length = to - from;
  return (
    <div className="json-foot">
      <div className="json-path" role="status">
        <span className="mono">
          0x{from.toString(16)}
          {length > 1 && `–0x${(to - 1).toString(16)}`}
        </span>
        <span className="muted">
          from byte {formatCount(from)}, {plural(length, 'byte')}
        </span>
        {read !== null &&
          length <= READ_BYTES &&
          readings(read.subarray(0, length)).map(([name, value]) => (
            <span key={name} className="truncate captured">
              <span className="muted">{name} </span>
              <span className="mono">{visible(value)}</span>
            </span>
          ))}
        <span className="spacer" />
        <span className="muted">Hex</span>
        <CopyButton text={() => asHex(source, range)} what="bytes as hex" />
        <span className="muted">Text</span>
        <CopyButton text={async () => latin1(await readAll(source, range))} what="bytes as text" />
        <IconButton label="Save these bytes" className="icon-button-small" onClick={() => void save(source, range)}>
          <Download size={13} />
        </IconButton>
      </div>
    </div>
  );
}
