/**
 * Characters that hide, reorder or end text: controls, bidirectional overrides and marks, zero-width characters, line separators, tags. Captured content
 * may hold any of them to deceive whoever reads it.
 */
const DECEIVING = new RegExp(
  `[${[
    '\\u0000-\\u001f\\u007f-\\u009f\\u00ad', // controls, soft hyphen
    '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069', // direction
    '\\u200b-\\u200d\\u2060-\\u2065\\u206a-\\u206f\\ufeff\\u180e\\u034f', // no width
    '\\u115f\\u1160\\u3164\\uffa0\\u17b4\\u17b5', // letters without a shape
    '\\u2028\\u2029\\ufff9-\\ufffb', // line ends, annotations
    '\\u{fe00}-\\u{fe0f}\\u{e0000}-\\u{e0fff}', // variation selectors, tags
  ].join('')}]`,
  'gu',
);

function show(character: string): string {
  // So common at the ends of lines that it has a sign of its own.
  if (character === '\r') return '␍';
  return `⟨${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}⟩`;
}

/** Captured text for one line of the screen: every character that hides or reorders is replaced by one that can be seen. */
export function visible(text: string): string {
  return text.replace(DECEIVING, show);
}

/** The same for text whose lines and tabs shall stay. */
export function visibleLines(text: string): string {
  return text.replace(DECEIVING, (character) => (character === '\t' || character === '\n' ? character : show(character)));
}

/** The same for text whose tabs shall stay. */
export function visibleKeepingTabs(text: string): string {
  return text.replace(DECEIVING, (character) => (character === '\t' ? character : show(character)));
}
