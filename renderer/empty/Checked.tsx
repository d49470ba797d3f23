import { ArrowRight, CircleCheck, CircleDashed } from 'lucide-react';
import { useEngine } from '../api/engine.ts';
import { useContainers } from '../containers/store.ts';
import { visible } from '../design/visible.ts';
import { showHelp } from '../help/store.ts';
import { checkLines } from './checks.ts';

/** Lines shown; with many containers the first few tell enough. */
const MOST = 6;

/** While nothing arrives: what was checked. */
export function Checked() {
  const { status, link } = useEngine();
  const containers = useContainers((state) => state.list);
  const lines = checkLines(status, link === 'open', containers ?? []);
  return (
    <section className="checked" aria-label="What was checked">
      <ul>
        {lines.slice(0, MOST).map(([fine, text]) => (
          <li key={text}>
            {fine ? (
              <CircleCheck size={14} className="tone-ok" aria-label="yes" />
            ) : (
              <CircleDashed size={14} className="muted" aria-label="not yet" />
            )}
            {visible(text)}
          </li>
        ))}
      </ul>
      <button type="button" className="link-button empty-doctor" onClick={() => showHelp('doctor')}>
        Why do I see nothing? Run all checks <ArrowRight size={13} aria-hidden />
      </button>
    </section>
  );
}
