import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { applyFilter, clearFilter, remember, typeFilter } from './actions.ts';
import { isFieldName, type Suggestion } from './complete.ts';
import { LIST_ID, optionId, Suggestions } from './Suggestions.tsx';
import { FILTER_ID, useFilter } from './store.ts';
import { useSuggestions } from './useSuggestions.ts';

const toList = (): void => document.getElementById('pairs')?.focus();

/** The field of the filter, with what can be written next below it. */
export function FilterInput() {
  const { draft, fault } = useFilter();
  const input = useRef<HTMLInputElement>(null);
  const [scrolled, setScrolled] = useState(0);
  /** Where the caret stands while something is offered; null while nothing is. */
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(-1);
  /** Where the caret shall stand once the new text is there. */
  const wanted = useRef<number | null>(null);
  const offer = useSuggestions(draft, caret);
  const count = offer?.suggestions.length ?? 0;
  const at = Math.min(active, count - 1);
  // While something can be chosen, what is there is not finished rather than wrong.
  const wrong = offer === null ? fault : null;
  useEffect(() => setScrolled(input.current?.scrollLeft ?? 0), [draft, fault]);
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    input.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  }, [draft]);

  const close = (): void => {
    setCaret(null);
    setActive(-1);
  };

  const open = (): void => {
    setCaret(input.current?.selectionStart ?? draft.length);
    setActive(-1);
  };

  const choose = ({ insert, more }: Suggestion): void => {
    if (offer === null) return;
    const { from, to } = offer.place;
    const rest = draft.slice(to);
    const text = `${insert}${more || /^[\s)]/.test(rest) ? '' : ' '}`;
    wanted.current = from + text.length;
    typeFilter(draft.slice(0, from) + text + rest);
    setActive(-1);
    setCaret(more ? from + text.length : null);
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const chosen = offer?.suggestions[at];
    if (event.key === 'ArrowDown' && event.altKey) {
      open();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (count === 0) {
        if (event.key === 'ArrowDown') toList();
      } else {
        // One step beyond either end stands in the field again.
        const step = event.key === 'ArrowDown' ? 1 : -1;
        setActive(((at + 1 + step + count + 1) % (count + 1)) - 1);
      }
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) {
      choose(chosen);
    } else if (event.key === 'Enter') {
      close();
      void applyFilter(draft);
    } else if (event.key === 'Escape') {
      if (count > 0) close();
      else if (draft === '') toList();
      else clearFilter();
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <>
      <div className="filter-field">
        <input
          ref={input}
          id={FILTER_ID}
          type="text"
          role="combobox"
          className="filter-input"
          aria-label="Filter"
          aria-autocomplete="list"
          aria-expanded={count > 0}
          aria-controls={LIST_ID}
          aria-activedescendant={at < 0 ? undefined : optionId(at)}
          aria-invalid={wrong !== null}
          aria-describedby={wrong === null ? undefined : 'filter-fault'}
          placeholder="Filter: status>=400 host:api latency>200ms"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          value={draft}
          onChange={(event) => {
            typeFilter(event.target.value, isFieldName(event.target.value));
            setActive(-1);
            setCaret(event.target.value === '' ? null : (event.target.selectionStart ?? event.target.value.length));
          }}
          onScroll={(event) => setScrolled(event.currentTarget.scrollLeft)}
          onBlur={() => {
            close();
            if (fault === null) remember(draft);
          }}
          onKeyDown={onKeyDown}
        />
        {wrong !== null && wrong.column >= 0 && (
          <span aria-hidden className="filter-mark" style={{ left: `calc(${wrong.column}ch - ${scrolled}px)` }} />
        )}
      </div>
      {offer !== null && <Suggestions suggestions={offer.suggestions} active={at} onChoose={choose} />}
      {wrong !== null && (
        <p id="filter-fault" role="alert" className="filter-fault">
          {wrong.column >= 0 && <span className="filter-fault-place">Column {wrong.column + 1}</span>}
          {wrong.message}{' '}
          <button type="button" className="link-button" onClick={() => useFilter.setState({ help: true })}>
            Syntax
          </button>
        </p>
      )}
    </>
  );
}
