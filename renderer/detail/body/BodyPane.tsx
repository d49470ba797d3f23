import { useDeferredValue, useMemo, useState } from 'react';
import type { MessageDetail, MessageSide, PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { Button } from '../../design/Button.tsx';
import { CopyButton } from '../../design/CopyButton.tsx';
import { formatBytes } from '../../design/format.ts';
import { Segmented } from '../../design/Segmented.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { BodyNotices } from './BodyNotices.tsx';
import { bodySource, decodeText, memorySource } from './bytes.ts';
import { FormView } from './FormView.tsx';
import { HexView } from './HexView.tsx';
import { ImageView } from './ImageView.tsx';
import { JsonView } from './JsonView.tsx';
import { type BodyView, looksLikeJson, viewNames, viewsOf } from './kinds.ts';
import { SaveBody } from './SaveBody.tsx';
import { TextView } from './TextView.tsx';
import { type LoadedBody, useBody } from './useBody.ts';
import { useLayout } from './useLayout.ts';
import './body.css';

interface BodyPaneProps {
  detail: PairDetail;
  side: MessageSide;
  message: MessageDetail;
}

/** A body, content encoding removed, in the way that suits it best. */
export function BodyPane({ detail, side, message }: BodyPaneProps) {
  const [everything, setEverything] = useState(false);
  const [chosen, setChosen] = useState<BodyView | null>(null);
  const body = useBody(detail.id, side, 'decoded', `${detail.state} ${message.keptBytes}`, everything);
  const text = useMemo(() => (body.bytes === null ? null : decodeText(body.bytes, message.charset)), [body.bytes, message.charset]);
  const views = viewsOf(message).filter(
    (view) => view !== 'json' || viewsOf(message)[0] === 'json' || (text !== null && looksLikeJson(text)),
  );
  const view = chosen !== null && views.includes(chosen) ? chosen : (views[0] ?? 'hex');
  const wanted = view === 'json' || view === 'text' ? text : null;
  const lines = useLayout(useDeferredValue(wanted), views.includes('json'));
  if (message.wireBytes === 0) {
    return (
      <section className="body-pane body-empty" aria-label="Body">
        <p className="pane-note">No body.</p>
      </section>
    );
  }
  const notJson = view === 'json' && lines !== null && lines.json === null;
  const shown = notJson ? 'text' : view;
  const tools: BodyTools = {
    lead: (
      <>
        <Segmented
          label="Show body as"
          value={view}
          options={views.map((value) => ({ value, label: viewNames[value] }))}
          onChange={setChosen}
        />
        <span className="muted body-size" title={sizes(message, body)}>
          {sizes(message, body)}
        </span>
      </>
    ),
    tail: (
      <>
        {text !== null && (shown === 'json' || shown === 'text' || shown === 'form') && <CopyButton text={text} what="body" />}
        {body.bytes !== null && <SaveBody detail={detail} side={side} bytes={body.bytes} mediaType={message.mediaType} />}
      </>
    ),
  };
  const laidOut = text !== null && lines !== null;
  return (
    <section className="body-pane" aria-label="Body">
      {shown === 'json' && laidOut && lines.json !== null ? (
        <JsonView text={text} lines={lines.json} tools={tools} />
      ) : shown === 'text' && laidOut ? (
        <TextView text={text} lines={lines.text} tools={tools} />
      ) : (
        <>
          <BodyBar tools={tools} />
          {shown === 'hex' && body.total > 0 && (
            <HexView source={body.bytes === null ? bodySource(detail.id, side, 'decoded', body.total) : memorySource(body.bytes)} />
          )}
          {shown === 'image' && body.bytes !== null && <ImageView bytes={body.bytes} mediaType={message.mediaType} />}
          {shown === 'form' && text !== null && <FormView text={text} />}
        </>
      )}
      <div className="body-notices">
        {notJson && <p className="body-notice">This is not valid JSON, so it is shown as text.</p>}
        <BodyNotices detail={detail} message={message} body={body} />
        {body.waiting && shown !== 'hex' && (
          <p className="body-notice">
            This body is {formatBytes(body.total)} long.
            <Button onClick={() => setEverything(true)}>Load all of it</Button>
            <Button onClick={() => setChosen('hex')}>Look at its bytes</Button>
          </p>
        )}
        {body.bytes === null && !body.waiting && body.problem === '' && (
          <progress
            className="body-progress"
            aria-label="Loading the body"
            value={body.total === 0 ? undefined : body.loaded / body.total}
          />
        )}
      </div>
    </section>
  );
}

/** `application/json · 1.2 KB, 412 B on the wire (gzip)` */
function sizes(message: MessageDetail, body: LoadedBody): string {
  const type = message.mediaType === '' ? '' : `${message.mediaType} · `;
  const decoded = body.total > 0 ? body.total : message.payloadBytes;
  const encoding = message.contentEncoding === '' ? '' : ` (${message.contentEncoding})`;
  const wire = encoding !== '' || message.wireBytes !== decoded ? `, ${formatBytes(message.wireBytes)} on the wire${encoding}` : '';
  return `${type}${formatBytes(decoded)}${wire}`;
}
