import { useEffect, useRef } from 'react';
import { visible } from '../design/visible.ts';
import type { Suggestion } from './complete.ts';

export const LIST_ID = 'filter-suggestions';
export const optionId = (index: number): string => `filter-suggestion-${index}`;
const CHARS = 120;

interface SuggestionsProps {
  suggestions: readonly Suggestion[];
  /** Index of the one that the keys stand on; -1 while they stand in the field. */
  active: number;
  onChoose: (suggestion: Suggestion) => void;
}

/** What can be written next. The focus stays in the field. */
export function Suggestions({ suggestions, active, onChoose }: SuggestionsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div ref={list} role="listbox" id={LIST_ID} aria-label="Suggestions" className="suggestions">
      {suggestions.map((suggestion, index) => (
        <div
          key={`${suggestion.insert} ${suggestion.detail}`}
          id={optionId(index)}
          role="option"
          aria-selected={index === active}
          className={`suggestion ${index === active ? 'suggestion-active' : ''}`}
          // A press must not take the focus out of the field.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(suggestion)}
        >
          <span className="mono suggestion-label">{visible(suggestion.label.slice(0, CHARS))}</span>
          <span className="suggestion-detail">{suggestion.detail}</span>
        </div>
      ))}
    </div>
  );
}
