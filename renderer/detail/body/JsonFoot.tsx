import { useEffect, useState } from 'react';
import { CopyButton } from '../../design/CopyButton.tsx';
import { visible } from '../../design/visible.ts';
import type { Hint } from './hints.ts';
import type { TreeSession } from './treeSession.ts';
import { useAnswer } from './useWork.ts';
import type { LineMeaning } from './work/tree.ts';

const VALUE_CHARS = 400;

interface JsonFootProps {
  session: TreeSession;
  hovered: number | null;
}

/** What is to be said of a line; until it is known, what was said before. Null for no line. */
function useMeaning(session: TreeSession, line: number | undefined): LineMeaning | null {
  const { answer } = useAnswer(session.worker, line === undefined ? null : { what: 'treeLine', as: session.as, line });
  const [last, setLast] = useState<LineMeaning | null>(null);
  useEffect(() => {
    if (answer !== null) setLast(answer);
  }, [answer]);
  return line === undefined ? null : (answer ?? last);
}

/** Path, meaning and copies of the line that is chosen; while none is, of the one that is pointed at. */
export function JsonFoot({ session, hovered }: JsonFootProps) {
  const pointed = hovered === null ? undefined : session.row(hovered)?.line;
  const chosen = session.currentLine >= 0 ? session.currentLine : undefined;
  const meaning = useMeaning(session, chosen ?? pointed);
  const over = useMeaning(session, pointed === chosen ? undefined : pointed);
  if (meaning === null) {
    return (
      <div className="json-foot">
        <p className="json-path muted">Choose a line for its path and what its value means.</p>
      </div>
    );
  }
  const { path, note, hint } = meaning;
  const text = (of: 'path' | 'value') => () =>
    session.worker.do({ what: 'treeText', as: session.as, of, line: session.currentLine });
  return (
    <div className="json-foot">
      {chosen !== undefined && hint !== null && <HintLines hint={hint} />}
      <div className="json-path" role="status">
        <span className="mono soft truncate captured">{visible(path)}</span>
        {chosen !== undefined && <CopyButton text={text('path')} what="path" />}
        {note !== '' && <span className="muted">{note}</span>}
        <span className="truncate captured">{visible((over?.hint ?? hint)?.says.slice(0, VALUE_CHARS) ?? '')}</span>
        <span className="spacer" />
        {chosen !== undefined && (
          <>
            {hint !== null && hint.decoded !== '' && (
              <>
                <span className="muted">Decoded</span>
                <CopyButton text={hint.decoded} what="decoded value" />
              </>
            )}
            <span className="muted">Value</span>
            <CopyButton text={text('value')} what="value" />
          </>
        )}
      </div>
    </div>
  );
}

function HintLines({ hint: { kind, lines } }: { hint: Hint }) {
  if (lines.length === 0 || kind === 'date') return null;
  const keyed = lines.map(([name, value], place) => ({ name, value, key: `${place} ${name}` }));
  return (
    <dl className="hint-lines">
      {keyed.map(({ name, value, key }) => (
        <div key={key}>
          <dt className="muted captured">{visible(name)}</dt>
          <dd className="mono captured">{value.split('\n').map(visible).join('\n')}</dd>
        </div>
      ))}
    </dl>
  );
}
