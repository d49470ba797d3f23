import { codeFolding, foldGutter, foldKeymap } from '@codemirror/language';
import { EditorState, type Range, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { appearance, languages } from './editorParts.ts';
import type { Language } from './work/work.ts';

/** Marks that are drawn; more than fit on a screen many times over. */
const MOST_MARKS = 2_000;
const setMarks = StateEffect.define<DecorationSet>();
const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, transaction) => {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return effect.value;
    return before.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const found = Decoration.mark({ class: 'found' });
const foundNow = Decoration.mark({ class: 'found found-now' });

interface EditorProps {
  text: string;
  language: Language;
  /** Where what is looked for stands. */
  places: Int32Array;
  current: number;
  /** Characters of what is looked for. */
  length: number;
}

/** A source to be read. It stands in a shadow tree: there its styles need no leave from the page's policy. */
export function Editor({ text, language, places, current, length }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          codeFolding(),
          foldGutter(),
          keymap.of(foldKeymap),
          languages[language](),
          appearance,
          marks,
          EditorState.readOnly.of(true),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': 'Body as source', tabindex: '0' }),
          EditorView.editable.of(false),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [text, language]);
  useEffect(() => {
    const shown = view.current;
    if (shown === null) return;
    const end = shown.state.doc.length;
    const near = Math.max(0, current - MOST_MARKS / 2);
    const ranges: Range<Decoration>[] = [];
    for (let index = near; index < Math.min(places.length, near + MOST_MARKS); index += 1) {
      const from = places[index] ?? 0;
      if (from + length <= end) ranges.push((index === current ? foundNow : found).range(from, from + length));
    }
    const place = places[current];
    shown.dispatch({
      effects: [
        setMarks.of(Decoration.set(ranges)),
        ...(place === undefined || place > end ? [] : [EditorView.scrollIntoView(place, { y: 'center' })]),
      ],
    });
  }, [text, language, places, current, length]);
  return <div ref={host} className="editor" />;
}
