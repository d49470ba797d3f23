import { useEffect, useState } from 'react';
import type { MessageSide, PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { formatBytes } from '../design/format.ts';
import { Segmented } from '../design/Segmented.tsx';
import { BodyBar, type BodyTools } from './body/BodyBar.tsx';
import { type ByteSource, bodySource, fromBase64, joined, latin1 } from './body/bytes.ts';
import { HexView } from './body/HexView.tsx';
import { TextView } from './body/TextView.tsx';
import { useLayout } from './body/useLayout.ts';

/** Bytes shown as text; all of them can be seen in hex. */
const TEXT_BYTES = 2_097_152;

const SIDES: readonly { value: MessageSide; label: string }[] = [
  { value: 'request', label: 'Request' },
  { value: 'response', label: 'Response' },
];
const FORMS = [
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
] as const;

interface Raw {
  source: ByteSource;
  headBytes: number;
  text: string;
}

async function load(detail: PairDetail, side: MessageSide, signal: AbortSignal): Promise<Raw> {
  const message = side === 'request' ? detail.request : detail.response;
  const { base64 } = await engine().pairs.head({ id: detail.id, side }, { signal });
  const head = fromBase64(base64);
  const source = joined(head, bodySource(detail.id, side, 'wire', message?.keptBytes ?? 0));
  return { source, headBytes: head.length, text: latin1(await source.read(0, Math.min(source.size, TEXT_BYTES), signal)) };
}

/** Head and body exactly as they went over the wire, framing and encoding included. */
export function RawTab({ detail }: { detail: PairDetail }) {
  const [side, setSide] = useState<MessageSide>('request');
  const [form, setForm] = useState<'text' | 'hex'>('text');
  const [raw, setRaw] = useState<Raw | string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    load(detail, side, stop.signal)
      .then(setRaw)
      .catch((error: unknown) => {
        if (!isAbort(error) && !stop.signal.aborted) setRaw(sentenceOf(error));
      });
    return () => stop.abort();
  }, [detail, side]);
  const loaded = raw !== null && typeof raw !== 'string' ? raw : null;
  const lines = useLayout(loaded?.text ?? null, false);
  const tools: BodyTools = {
    lead: (
      <>
        <Segmented label="Side" value={side} options={SIDES} onChange={setSide} />
        <Segmented label="Show as" value={form} options={FORMS} onChange={setForm} />
        {loaded !== null && (
          <span className="muted body-size">
            {formatBytes(loaded.headBytes)} head, {formatBytes(loaded.source.size - loaded.headBytes)} body as on the wire
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
        <TextView text={loaded.text} lines={lines.text} tools={tools} />
      ) : (
        <>
          <BodyBar tools={tools} />
          {loaded !== null && !empty && form === 'hex' && <HexView key={side} source={loaded.source} />}
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
