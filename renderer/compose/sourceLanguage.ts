import { languageOf, sniff } from '../detail/body/kinds.ts';
import type { Language } from '../detail/body/work/work.ts';
import { MOST_BODY_BYTES } from './draft.ts';

export type SourceLanguage = Language | 'json' | 'plain';

/** Characters at the beginning by which a text is recognised that came without a type. */
const LOOKED_AT = 256;

/** The language that a body is written in: by its Content-Type, else by what it looks like. */
export function sourceLanguage(headers: readonly { name: string; value: string }[], text: string): SourceLanguage {
  const declared = headers.find(({ name }) => name.trim().toLowerCase() === 'content-type')?.value ?? '';
  const type = (declared.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (/[/+](?:[\w.-]*json|x-ndjson)$/.test(type)) return 'json';
  const known = languageOf(type);
  if (known !== null) return known;
  const looks = sniff(new TextEncoder().encode(text.slice(0, LOOKED_AT)));
  return looks === 'application/json' ? 'json' : (languageOf(looks) ?? 'plain');
}

/** Longer texts are not coloured: none of them can be sent changed, and typing in them must not be slow. */
export function isColoured(text: string): boolean {
  return text.length <= MOST_BODY_BYTES;
}
