import type { Difference } from '../../../proxy-core/rrpair/results.ts';
import type { MessageSide } from '../../../proxy-core/rrpair/shapes.ts';

/** Where a difference stands, as it is remembered: positions in lists do not count, since what differs in one entry differs in all. */
export function markOf(side: MessageSide, part: 'start' | 'headers' | 'body', path: string): string {
  return `${side}.${part}.${path.replace(/\[\d+\]/g, '[*]').replace(/^(line|byte) \d+$/, '$1 *')}`;
}

/** Whether a path, or what it stands in, was marked as noise: `$.meta` covers `$.meta.at`. */
export function isMarked(marks: ReadonlySet<string>, mark: string): boolean {
  if (marks.has(mark)) return true;
  for (let at = mark.length - 1; at > 0; at -= 1) {
    const sign = mark[at];
    if ((sign === '.' || sign === '[') && marks.has(mark.slice(0, at))) return true;
  }
  return false;
}

/** One line of a comparison. */
export interface Compared {
  heading?: string;
  difference?: Difference;
  mark?: string;
  /** Why it does not count. */
  ignored?: 'noise' | 'marked' | null;
}

export interface Group {
  heading: string;
  side: MessageSide;
  part: 'start' | 'headers' | 'body';
  differences: readonly Difference[];
}

/** The lines of a comparison under their headings; with `all` false those that do not count are left out. */
export function linesOf(
  groups: readonly Group[],
  marks: ReadonlySet<string>,
  all: boolean,
): { lines: Compared[]; counting: number; ignored: number } {
  const lines: Compared[] = [];
  let counting = 0;
  let ignoredCount = 0;
  for (const { heading, side, part, differences } of groups) {
    const own: Compared[] = [];
    for (const difference of differences) {
      const mark = markOf(side, part, difference.path);
      const ignored = isMarked(marks, mark) ? 'marked' : difference.noise ? 'noise' : null;
      if (ignored === null) counting += 1;
      else ignoredCount += 1;
      if (ignored === null || all) own.push({ difference, mark, ignored });
    }
    if (own.length > 0) lines.push({ heading }, ...own);
  }
  return { lines, counting, ignored: ignoredCount };
}
