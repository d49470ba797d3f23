import { ArrowDownToLine, ArrowLeftRight } from 'lucide-react';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { useContainers } from '../containers/store.ts';
import { visible } from '../design/visible.ts';
import { selectPair } from '../list/actions.ts';
import { sourceWords } from '../list/sources.ts';
import { otherEndWords } from './facts.ts';

/** A call between two captured containers is two pairs: says so, and leads to the other. */
export function OtherEnds({ ends }: { ends: PairDetail['otherEnds'] }) {
  const shortNames = useContainers((state) => state.shortNames);
  return ends.map(({ id, direction, source }) => (
    <div key={id} className="callout callout-plain">
      <ArrowLeftRight size={15} aria-hidden />
      <p>
        {otherEndWords(direction, visible(sourceWords(source, shortNames)))} <ToPair id={id} />
      </p>
    </div>
  ));
}

/** What a server of HTTP/2 pushed nobody has asked for: says so, and leads to the request because of which it did. */
export function Pushed({ by }: { by: PairDetail['promisedWith'] }) {
  if (by === null) return null;
  return (
    <div className="callout callout-plain">
      <ArrowDownToLine size={15} aria-hidden />
      <p>
        Pushed by the server, which promised it when this was asked for:{' '}
        <span className="captured">{visible(`${by.method} ${by.path}`.slice(0, 300))}</span>{' '}
        {by.id !== null && <ToPair id={by.id} />}
      </p>
    </div>
  );
}

function ToPair({ id }: { id: number }) {
  return (
    <button type="button" className="link-button" aria-label={`Show pair ${id}`} onClick={() => selectPair(id)}>
      #{id}
    </button>
  );
}
