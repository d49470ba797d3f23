import type { MessageSide, PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { visible } from '../design/visible.ts';
import { inSnapshot } from '../list/snapshot.ts';
import { BodyPane } from './body/BodyPane.tsx';
import { isDecoded } from './facts.ts';
import { HeadViews } from './HeadViews.tsx';
import { ReadingTab } from './reading/ReadingTab.tsx';

/** Characters of a start line that are laid out; all of it is in the URL's copy. */
const START_LINE_CHARS = 8_000;

/** Headers and body of one message, side by side where there is room; of protocols without headers, what was said. */
export function MessageTab({ detail, side }: { detail: PairDetail; side: MessageSide }) {
  const message = side === 'request' ? detail.request : detail.response;
  if (isDecoded(detail)) return <ReadingTab key={`${detail.id} ${side}`} detail={detail} side={side} />;
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
        <p className="start-line mono captured">{visible(message.startLine.slice(0, START_LINE_CHARS))}</p>
        <HeadViews key={`${detail.id} ${side}`} detail={detail} side={side} message={message} {...inSnapshot()} />
      </section>
      {detail.conversation === 'websocket' ? (
        <p className="pane-note">What was said after the upgrade stands in Messages, and its bytes in Raw.</p>
      ) : (
        <BodyPane key={`${detail.id} ${side}`} detail={detail} side={side} message={message} />
      )}
    </div>
  );
}
