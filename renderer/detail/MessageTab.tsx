import type { MessageSide, PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { formatBytes } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { BodyPane } from './body/BodyPane.tsx';
import { HeaderTable } from './HeaderTable.tsx';

/** Headers and body of one message, side by side where there is room. */
export function MessageTab({ detail, side }: { detail: PairDetail; side: MessageSide }) {
  const message = side === 'request' ? detail.request : detail.response;
  if (message === null || (message.headBytes === 0 && message.wireBytes === 0)) {
    return (
      <p className="pane-note">
        {side === 'response' && detail.state === 'open'
          ? 'The response has not come yet.'
          : side === 'response' && detail.failure !== null
            ? `There is no response. ${detail.failure.sentence}`
            : 'There is nothing to show: the connection was not decoded.'}
      </p>
    );
  }
  return (
    <div className="message">
      <section className="message-head" aria-label={`${side === 'request' ? 'Request' : 'Response'} headers`}>
        <p className="start-line mono captured">{visible(message.startLine)}</p>
        {message.interim.map((head) => (
          <details key={`${head.startLine} ${head.headers.length}`} className="interim">
            <summary className="mono captured">{visible(head.startLine)}</summary>
            <HeaderTable fields={head.headers} label="Interim headers" />
          </details>
        ))}
        <HeaderTable fields={message.headers} label="Headers" />
        {message.trailers.length > 0 && (
          <>
            <h3 className="facts-title trailers-title">Trailers</h3>
            <HeaderTable fields={message.trailers} label="Trailers" />
          </>
        )}
        <p className="message-sizes muted">
          {message.headers.length} headers · {formatBytes(message.headBytes)}
        </p>
      </section>
      <BodyPane key={`${detail.id} ${side}`} detail={detail} side={side} message={message} />
    </div>
  );
}
