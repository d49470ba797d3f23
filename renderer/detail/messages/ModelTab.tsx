import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { ReadingTab } from '../reading/ReadingTab.tsx';
import './messages.css';

/** What was said to a language model beside what it answered. */
export function ModelTab({ detail }: { detail: PairDetail }) {
  return (
    <div className="messages-area">
      <div className="messages model">
        <ReadingTab detail={detail} side="request" />
        <ReadingTab detail={detail} side="response" />
      </div>
    </div>
  );
}
