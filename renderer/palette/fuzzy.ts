/** How well a text answers what was typed, and which of its characters were meant. */
export interface Match {
  /** Higher is better. */
  score: number;
  /** Positions in the text, rising. */
  at: readonly number[];
}

const START = 10;
const WORD_START = 8;
const NEXT_TO = 7;
/** A character that stands anywhere. */
const ANYWHERE = 1;
/** Of two texts that answer equally well the shorter one is meant. */
const PER_CHARACTER = 0.02;

const isWordStart = (text: string, at: number): boolean => at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '');

/** Whether all characters typed occur in the text, in their order; null when they do not. Whole words count most, then beginnings of words. */
export function fuzzy(typed: string, text: string): Match | null {
  const query = typed.toLowerCase().replaceAll(/\s+/g, '');
  const lower = text.toLowerCase();
  // What is one character in one case and two in the other would move every position behind it.
  if (lower.length !== text.length) return lower.includes(query) ? { score: ANYWHERE, at: [] } : null;
  if (query === '') return { score: 0, at: [] };
  const best = bestFrom(query, lower);
  return best === null ? null : { score: best.score - text.length * PER_CHARACTER, at: best.at };
}

/** The best of the ways that begin at each place where the first character stands; from there on greedily, beginnings of words first. */
function bestFrom(query: string, text: string): Match | null {
  let best: Match | null = null;
  for (let start = text.indexOf(query[0] ?? ''); start !== -1; start = text.indexOf(query[0] ?? '', start + 1)) {
    for (const found of [walk(query, text, start, false), walk(query, text, start, true)]) {
      if (found !== null && (best === null || found.score > best.score)) best = found;
    }
  }
  return best;
}

function walk(query: string, text: string, start: number, byWords: boolean): Match | null {
  const at = [start];
  let score = start === 0 ? START : isWordStart(text, start) ? WORD_START : ANYWHERE;
  for (const character of query.slice(1)) {
    const last = at.at(-1) ?? start;
    const next = nextPlace(character, text, last, byWords);
    if (next === -1) return null;
    score += next === last + 1 ? NEXT_TO : isWordStart(text, next) ? WORD_START - 2 : ANYWHERE;
    at.push(next);
  }
  return { score, at };
}

function nextPlace(character: string, text: string, last: number, byWords: boolean): number {
  const first = text.indexOf(character, last + 1);
  if (!byWords || first === last + 1) return first;
  for (let at = first; at !== -1; at = text.indexOf(character, at + 1)) if (isWordStart(text, at)) return at;
  return first;
}
