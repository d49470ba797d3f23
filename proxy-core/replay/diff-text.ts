import { diffLines } from 'diff';
import type { Difference } from '../rrpair/results.ts';

/** Edits after which two texts count as altogether different; keeps the comparison from taking minutes. */
const MOST_EDITS = 2_000;

const LINE_CHARS = 500;

/** Differences of two texts by lines (numbered from 1, in the text that holds the line), at most `most`. */
export function diffText(before: string, after: string, most: number): Difference[] {
  if (before === after) return [];
  const changes = diffLines(before, after, { maxEditLength: MOST_EDITS });
  if (changes === undefined) {
    return [{ path: 'text', kind: 'changed', before: lineCount(before), after: lineCount(after), noise: false }];
  }
  const found: Difference[] = [];
  let oldLine = 1;
  let newLine = 1;
  for (const { value, added, removed } of changes) {
    const lines = value.replace(/\n$/, '').split('\n');
    for (const line of lines) {
      if (!added && !removed) {
        oldLine += 1;
        newLine += 1;
      } else if (found.length < most) {
        const number = removed ? oldLine++ : newLine++;
        const text = line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS)}…` : line;
        found.push({
          path: `line ${String(number)}`,
          kind: removed ? 'removed' : 'added',
          before: removed ? text : null,
          after: removed ? null : text,
          noise: false,
        });
      }
    }
  }
  return found;
}

function lineCount(text: string): string {
  return `${String(text.split('\n').length)} lines`;
}
