import { ChevronDown, ChevronUp, Search } from 'lucide-react';
import { IconButton } from '../../design/Button.tsx';
import { formatCount } from '../../design/format.ts';
import type { Finder } from './useFind.ts';
import { MOST_FOUND } from './work/find.ts';

/** Looks for text in the body; stands in the bar above it. */
export function Find({ finder }: { finder: Finder }) {
  const { input, count, current, needle, share } = finder;
  return (
    <div className="find">
      <Search size={13} aria-hidden className="muted" />
      <input
        type="text"
        className="find-input"
        aria-label="Find in body"
        placeholder="Find in body"
        spellCheck={false}
        value={input}
        onChange={(event) => finder.setInput(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') finder.step(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape' && input !== '') finder.setInput('');
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {needle !== '' && (
        <>
          <span className="muted" role="status">
            {share !== null
              ? `Looking, ${Math.floor(share * 100)} %`
              : count === 0
                ? 'Not found'
                : `${formatCount(current + 1)} of ${formatCount(count)}${count >= MOST_FOUND ? ' or more' : ''}`}
          </span>
          <IconButton label="Previous match" className="icon-button-small" onClick={() => finder.step(-1)}>
            <ChevronUp size={14} />
          </IconButton>
          <IconButton label="Next match" className="icon-button-small" onClick={() => finder.step(1)}>
            <ChevronDown size={14} />
          </IconButton>
        </>
      )}
    </div>
  );
}
