import { visibleKeepingTabs } from '../../design/visible.ts';

interface MarkedProps {
  text: string;
  /** Lower case; empty when nothing is looked for. */
  needle: string;
}

/** Captured text with what is looked for marked in it. */
export function Marked({ text, needle }: MarkedProps) {
  if (needle === '') return visibleKeepingTabs(text);
  const lower = text.toLowerCase();
  // Lower-casing may change a text's length (İ): then the places would be wrong, so nothing is marked.
  if (lower.length !== text.length || !lower.includes(needle)) return visibleKeepingTabs(text);
  const parts = [];
  let at = 0;
  for (let found = lower.indexOf(needle); found >= 0; found = lower.indexOf(needle, at)) {
    parts.push(visibleKeepingTabs(text.slice(at, found)));
    at = found + needle.length;
    parts.push(<mark key={found}>{visibleKeepingTabs(text.slice(found, at))}</mark>);
  }
  parts.push(visibleKeepingTabs(text.slice(at)));
  return parts;
}
