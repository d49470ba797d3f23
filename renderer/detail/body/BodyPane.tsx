import { useMemo, useState } from 'react';
import type { MessageDetail, MessageSide, PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { Button } from '../../design/Button.tsx';
import { formatBytes } from '../../design/format.ts';
import { BodyNotices } from './BodyNotices.tsx';
import { BodyViews } from './BodyViews.tsx';
import { blobSource, bodySource } from './bytes.ts';
import { bodySizes } from './sizes.ts';
import { useBody } from './useBody.ts';
import type { BodyFacts } from './work/facts.ts';
import './body.css';
import './views.css';

interface BodyPaneProps {
  detail: PairDetail;
  side: MessageSide;
  message: MessageDetail;
  /** Id or name of the snapshot that the pair stands in. */
  snapshot?: string | undefined;
}

function factsOf({ mediaType, charset, headers }: MessageDetail, cut: boolean): BodyFacts {
  const contentType = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  return { mediaType, charset, contentType, cut };
}

/** A body, content encoding removed, in the way that suits it best. */
export function BodyPane({ detail, side, message, snapshot }: BodyPaneProps) {
  const [everything, setEverything] = useState(false);
  const place = { id: detail.id, side, snapshot };
  const body = useBody(place, 'decoded', `${detail.state} ${message.keptBytes}`, everything);
  const cut = !body.complete;
  const facts = useMemo(() => factsOf(message, cut), [message, cut]);
  if (message.wireBytes === 0) {
    return (
      <section className="body-pane body-empty" aria-label="Body">
        <p className="pane-note">No body.</p>
      </section>
    );
  }
  return (
    <section className="body-pane" aria-label="Body">
      <BodyViews
        blob={body.blob}
        start={body.start}
        source={body.blob === null ? bodySource(place, 'decoded', body.total) : blobSource(body.blob)}
        facts={facts}
        sizes={bodySizes(message, body.total)}
        fileName={`pair-${detail.id}-${side}`}
      />
      <div className="body-notices">
        <BodyNotices detail={detail} message={message} body={body} />
        {body.waiting && (
          <p className="body-notice">
            This body is {formatBytes(body.total)} long: look at its bytes in hex, or
            <Button onClick={() => setEverything(true)}>Load all of it</Button>
          </p>
        )}
        {body.blob === null && !body.waiting && body.problem === '' && (
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
