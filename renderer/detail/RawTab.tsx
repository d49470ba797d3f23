import { useEffect, useMemo, useState } from 'react';
import type { MessageSide, PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { formatBytes } from '../design/format.ts';
import { Segmented } from '../design/Segmented.tsx';
import { inSnapshot } from '../list/snapshot.ts';
import { BodyBar, type BodyTools } from './body/BodyBar.tsx';
import { type ByteSource, bodySource, fromBase64, joined, latin1 } from './body/bytes.ts';
import { HexView } from './body/HexView.tsx';
import { TextView } from './body/TextView.tsx';
import { textLines } from './body/textLines.ts';
import { isDecoded } from './facts.ts';
import { FramesView } from './reading/FramesView.tsx';
import { useReading } from './reading/useReading.ts';

/** Bytes shown as text; all of them can be seen in hex. */
const TEXT_BYTES = 1_048_576;

const SIDES: readonly { value: MessageSide; label: string }[] = [
  { value: 'request', label: 'Request' },
  { value: 'response', label: 'Response' },
];
type RawForm = 'frames' | 'text' | 'hex';
const FORMS: readonly { value: RawForm; label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
];
const FORMS_OF_DECODED: readonly { value: RawForm; label: string }[] = [{ value: 'frames', label: 'Frames' }, ...FORMS];

interface Raw {
  source: ByteSource;
  headBytes: number;
  text: string;
}

async function load(detail: PairDetail, side: MessageSide, signal: AbortSignal): Promise<Raw> {
  const message = side === 'request' ? detail.request : detail.response;
  const { base64 } = await engine().pairs.head({ id: detail.id, side, ...inSnapshot() }, { signal });
  const head = fromBase64(base64);
  const source = joined(head, bodySource({ id: detail.id, side, ...inSnapshot() }, 'wire', message?.keptBytes ?? 0));
  return { source, headBytes: head.length, text: latin1(await source.read(0, Math.min(source.size, TEXT_BYTES), signal)) };
}

/** The bytes beside what they are; by themselves while that is read. */
interface FramesProps {
  detail: PairDetail;
  side: MessageSide;
  source: ByteSource;
  /** Bytes before the first frame. */
  headBytes: number;
  tools: BodyTools;
}

function Frames({ detail, side, source, headBytes, tools }: FramesProps) {
  const { reading, problem } = useReading(detail, 0);
  const said = reading?.[side];
  if (said === undefined || said.frames.length === 0) {
    return (
      <>
        <HexView source={source} tools={tools} />
        {problem !== '' && <p className="body-notice">{problem}</p>}
      </>
    );
  }
  const frames = said.frames.map((frame) => ({ ...frame, offset: frame.offset + headBytes }));
  return <FramesView source={source} side={{ ...said, frames }} tools={tools} />;
}

/** Head and body exactly as they went over the wire, framing and encoding included. */
export function RawTab({ detail }: { detail: PairDetail }) {
  const [side, setSide] = useState<MessageSide>('request');
  const decoded = isDecoded(detail);
  const framed = decoded || detail.conversation === 'websocket';
  const [form, setForm] = useState<RawForm>(framed ? 'frames' : 'text');
  const [read, setRead] = useState<{ of: string; raw: Raw | string } | null>(null);
  const of = `${detail.id} ${side}`;
  useEffect(() => {
    const stop = new AbortController();
    load(detail, side, stop.signal)
      .then((raw) => setRead({ of, raw }))
      .catch((error: unknown) => {
        if (!isAbort(error) && !stop.signal.aborted) setRead({ of, raw: sentenceOf(error) });
      });
    return () => stop.abort();
  }, [detail, side, of]);
  // What was read of another pair or side is not shown for this one.
  const raw = read?.of === of ? read.raw : null;
  const loaded = raw !== null && typeof raw !== 'string' ? raw : null;
  const text = loaded?.text ?? null;
  const lines = useMemo(() => (text === null ? null : textLines(text)), [text]);
  const tools: BodyTools = {
    lead: (
      <>
        <Segmented label="Side" value={side} options={SIDES} onChange={setSide} />
        <Segmented label="Show as" value={form} options={framed ? FORMS_OF_DECODED : FORMS} onChange={setForm} />
        {loaded !== null && (
          <span className="muted body-size">
            {decoded
              ? `${formatBytes(loaded.source.size)} as on the wire, credentials masked`
              : `${formatBytes(loaded.headBytes)} head, ${formatBytes(loaded.source.size - loaded.headBytes)} body as on the wire`}
          </span>
        )}
      </>
    ),
    tail: null,
  };
  const empty = loaded !== null && loaded.source.size === 0;
  return (
    <section className="body-pane" aria-label="Raw bytes">
      {loaded !== null && !empty && form === 'text' && lines !== null ? (
        <TextView text={loaded.text} lines={lines} tools={tools} />
      ) : (
        <>
          {loaded !== null && !empty && form === 'frames' ? (
            <Frames key={of} detail={detail} side={side} source={loaded.source} headBytes={loaded.headBytes} tools={tools} />
          ) : loaded !== null && !empty && form === 'hex' ? (
            <HexView key={of} source={loaded.source} tools={tools} />
          ) : (
            <BodyBar tools={tools} />
          )}
        </>
      )}
      <div className="body-notices">
        {typeof raw === 'string' && <p className="body-notice">{raw}</p>}
        {empty && <p className="body-notice">No bytes were captured.</p>}
        {loaded !== null && form === 'text' && loaded.source.size > TEXT_BYTES && (
          <p className="body-notice">The first {formatBytes(TEXT_BYTES)} are shown as text. Hex shows all of it.</p>
        )}
      </div>
    </section>
  );
}
