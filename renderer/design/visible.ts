/**
 * Characters that hide, reorder or end text: controls, bidirectional overrides and marks, zero-width characters, line separators, tags. Captured content
 * may hold any of them to deceive whoever reads it.
 */
const DECEIVING =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

const CONTROL_PICTURES = 0x2400;

function show(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (code === 0x7f) return '\u2421';
  return `⟨${code.toString(16).toUpperCase().padStart(2, '0')}⟩`;
}

/** Captured text for one line of the screen: every character that hides or reorders is replaced by one that can be seen. */
export function visible(text: string): string {
  return text.replace(DECEIVING, show);
}

/** The same for text whose tabs shall stay. */
export function visibleKeepingTabs(text: string): string {
  return text.replace(DECEIVING, (character) => (character === '\t' ? character : show(character)));
}
