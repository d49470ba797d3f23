import { css } from '@codemirror/lang-css';
import { html } from '@codemirror/lang-html';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { xml } from '@codemirror/lang-xml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView, highlightSpecialChars } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { visible } from '../../design/visible.ts';
import type { Language } from './work/work.ts';

/** What the reading and the writing editor share: how a source looks. */

/** Everything that `visible` shows with a sign of its own, line ends and tabs aside. */
const DECEIVING =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]/gu;

export const languages: Readonly<Record<Language | 'json', () => Extension>> = {
  html: () => html({ autoCloseTags: false }),
  xml: () => xml({ autoCloseTags: false }),
  css: () => css(),
  json: () => json(),
  javascript: () => javascript({ jsx: true, typescript: true }),
};

const colours = HighlightStyle.define([
  { tag: [tags.tagName, tags.keyword, tags.propertyName], color: 'var(--code-key)' },
  { tag: [tags.string, tags.attributeValue, tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.unit, tags.color], color: 'var(--code-number)' },
  { tag: [tags.attributeName, tags.atom, tags.bool, tags.null, tags.className], color: 'var(--code-atom)' },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--text-faint)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--bg-code)', color: 'var(--text)', fontSize: 'var(--mono-sm)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '19px', overflow: 'auto' },
  '.cm-gutters': { backgroundColor: 'var(--bg-code)', color: 'var(--text-faint)', border: 'none' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground, ::selection': { backgroundColor: 'var(--bg-selected)' },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-foldPlaceholder': { border: 'none', backgroundColor: 'var(--bg-active)', color: 'var(--text-soft)' },
  '.found': { backgroundColor: 'var(--code-mark)' },
  '.found-now': { outline: '1px solid var(--focus)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
});

/** Colours, the window's own type, and signs in place of characters that deceive. */
export const appearance: Extension = [
  syntaxHighlighting(colours),
  look,
  highlightSpecialChars({
    specialChars: DECEIVING,
    render: (code, description, fallback) => {
      const sign = document.createElement('span');
      sign.className = 'cm-specialChar';
      sign.textContent = visible(fallback === null ? '' : String.fromCodePoint(code));
      sign.title = description ?? '';
      return sign;
    },
  }),
];
