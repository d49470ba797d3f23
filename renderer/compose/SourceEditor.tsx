import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { appearance, languages } from '../detail/body/editorParts.ts';
import type { SourceLanguage } from './sourceLanguage.ts';

/** The language changes while somebody types, and the editor stays. */
const coloured = new Compartment();

function extensionOf(language: SourceLanguage): Extension {
  return language === 'plain' ? [] : languages[language]();
}

interface SourceEditorProps {
  label: string;
  text: string;
  language: SourceLanguage;
  onChange: (text: string) => void;
}

/** Writes a source in its colours. It stands in a shadow tree: there its styles need no leave from the page's policy. */
export function SourceEditor({ label, text, language, onChange }: SourceEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ text, language, onChange });
  useEffect(() => {
    latest.current = { text, language, onChange };
  });
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          // What came with carriage returns is sent with them: they are characters like others here.
          EditorState.lineSeparator.of('\n'),
          history(),
          // Tab leaves the editor, and Mod+Enter is the dialog's.
          keymap.of([...standardKeymap, ...historyKeymap]),
          coloured.of(extensionOf(latest.current.language)),
          appearance,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const next = update.state.sliceDoc();
            if (next !== latest.current.text) latest.current.onChange(next);
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [label]);
  useEffect(() => {
    view.current?.dispatch({ effects: coloured.reconfigure(extensionOf(language)) });
  }, [language, label]);
  useEffect(() => {
    // Another version was loaded.
    const { current } = view;
    if (current === null || current.state.sliceDoc() === text) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: current.state.toText(text) } });
  }, [text]);
  return <div ref={host} className="compose-source" />;
}
