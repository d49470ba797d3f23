import { useEffect, useMemo, useState } from 'react';
import type { MessageBody, MessageRow } from '../../../proxy-core/rrpair/conversation.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { engine } from '../../api/engine.ts';
import { formatBytes } from '../../design/format.ts';
import { Segmented } from '../../design/Segmented.tsx';
import { visible } from '../../design/visible.ts';
import { inSnapshot } from '../../list/snapshot.ts';
import { useProtos } from '../../protos/store.ts';
import { BodyViews } from '../body/BodyViews.tsx';
import { blobSource, fromBase64 } from '../body/bytes.ts';

interface MessagePaneProps {
  detail: PairDetail;
  message: MessageRow | undefined;
  /** Said while there is none. */
  empty: string;
}

type Form = 'named' | 'sent';

const FORMS: readonly { value: Form; label: string }[] = [
  { value: 'named', label: 'By name' },
  { value: 'sent', label: 'As sent' },
];

/** All of one message, in the way that suits it best. */
export function MessagePane({ detail, message, empty }: MessagePaneProps) {
  const { body, problem } = useMessage(detail.id, message?.number);
  const [form, setForm] = useState<Form>('named');
  if (message === undefined) {
    return (
      <section className="message-pane" aria-label="Message">
        <p className="pane-note">{empty}</p>
      </section>
    );
  }
  const named = body?.named ?? null;
  const facts = message.facts.map(([name, value]) => `${visible(name)}: ${visible(value)}`).join(' · ');
  return (
    <section className="message-pane" aria-label="Message">
      {named !== null ? (
        <div className="message-form">
          <span className="muted truncate captured" title={facts}>
            {facts}
          </span>
          <Segmented label="Show fields" value={form} options={FORMS} onChange={setForm} />
        </div>
      ) : (
        facts !== '' && <p className="messages-facts muted captured">{facts}</p>
      )}
      {(message.problem !== '' || problem !== '') && <p className="body-notice">{[message.problem, problem].join(' ').trim()}</p>}
      {body === null ? (
        <p className="pane-note">{problem === '' ? 'Reading it…' : ''}</p>
      ) : body.totalBytes === 0 ? (
        <p className="pane-note">It is empty.</p>
      ) : (
        <>
          {named?.cut === true && form === 'named' && (
            <p className="body-notice">Only the beginning of it is shown by names; as it was sent all of it is there.</p>
          )}
          {named !== null && form === 'named' ? (
            <NamedFields key={message.number} detail={detail} number={message.number} json={named.json} />
          ) : (
            <Payload key={message.number} detail={detail} number={message.number} body={body} />
          )}
        </>
      )}
    </section>
  );
}

/** A message of Protocol Buffers by the names of its fields. */
function NamedFields({ detail, number, json }: { detail: PairDetail; number: number; json: string }) {
  const blob = useMemo(() => new Blob([json]), [json]);
  const start = useMemo(() => new TextEncoder().encode(json.slice(0, 256)), [json]);
  return (
    <BodyViews
      blob={blob}
      start={start}
      source={blobSource(blob)}
      facts={{ mediaType: 'application/json', charset: 'utf-8', contentType: 'application/json', cut: false }}
      sizes={formatBytes(blob.size)}
      fileName={`pair-${String(detail.id)}-message-${String(number)}`}
    />
  );
}

function Payload({ detail, number, body }: { detail: PairDetail; number: number; body: MessageBody }) {
  const content = useMemo(() => fromBase64(body.base64), [body]);
  const blob = useMemo(() => new Blob([content]), [content]);
  const { mediaType } = body;
  return (
    <BodyViews
      blob={blob}
      start={content.subarray(0, 256)}
      source={blobSource(blob)}
      facts={{ mediaType, charset: 'utf-8', contentType: mediaType, cut: content.length < body.totalBytes }}
      sizes={formatBytes(body.totalBytes)}
      fileName={`pair-${String(detail.id)}-message-${String(number)}`}
    />
  );
}

function useMessage(id: number, number: number | undefined): { body: MessageBody | null; problem: string } {
  const [state, setState] = useState<{ of: string; body: MessageBody | null; problem: string }>({
    of: '',
    body: null,
    problem: '',
  });
  const names = useProtos((state) => state.version);
  const of = `${String(id)} ${String(number)} ${String(names)}`;
  useEffect(() => {
    if (number === undefined) return undefined;
    const stop = new AbortController();
    engine()
      .pairs.message({ id, number, ...inSnapshot() }, { signal: stop.signal })
      .then((body) => setState({ of, body, problem: '' }))
      .catch((error: unknown) => {
        if (!isAbort(error) && !stop.signal.aborted) setState({ of, body: null, problem: sentenceOf(error) });
      });
    return () => stop.abort();
  }, [id, number, of]);
  return state.of === of ? state : { body: null, problem: '' };
}
