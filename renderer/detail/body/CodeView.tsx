import { lazy, Suspense, useEffect, useState } from 'react';
import { Button } from '../../design/Button.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { TextView } from './TextView.tsx';
import { useFind } from './useFind.ts';
import { useAnswer } from './useWork.ts';
import { keyOf, type Language, type Source } from './work/work.ts';
import type { BodyWorker } from './worker.ts';

/** Loaded when the first source is looked at. */
const Editor = lazy(async () => ({ default: (await import('./Editor.tsx')).Editor }));

/** Longer sources are shown as plain lines: highlighting them would hold up the window. */
const HIGHLIGHTED_CHARS = 1_500_000;

interface CodeViewProps {
  worker: BodyWorker;
  language: Language;
  tools: BodyTools;
}

/** XML, HTML, CSS and JavaScript, put into lines and coloured; never run. */
export function CodeView({ worker, language, tools }: CodeViewProps) {
  const [pretty, setPretty] = useState(true);
  const ask = { what: 'source', language, pretty } as const;
  const { answer, problem } = useAnswer(worker, ask);
  const [last, setLast] = useState<Source | null>(null);
  useEffect(() => {
    if (answer !== null) setLast(answer);
  }, [answer]);
  useEffect(() => {
    // What cannot be put into lines in time is shown as it was sent.
    if (problem !== '') setPretty(false);
  }, [problem]);
  const shown = answer ?? last;
  const choice = (
    <Button tone="quiet" aria-pressed={pretty} onClick={() => setPretty(!pretty)}>
      {pretty ? 'As sent' : 'In lines'}
    </Button>
  );
  if (shown === null) {
    return (
      <>
        <BodyBar tools={tools}>{choice}</BodyBar>
        <p className="pane-note">{problem === '' ? 'Putting it into lines…' : problem}</p>
      </>
    );
  }
  if (shown.text.length > HIGHLIGHTED_CHARS) {
    return (
      <TextView text={shown.text} lines={shown.lines} tools={tools} place={{ worker, of: keyOf(ask) }}>
        {choice}
      </TextView>
    );
  }
  return <Highlighted source={shown} language={language} tools={tools} choice={choice} />;
}

interface HighlightedProps {
  source: Source;
  language: Language;
  tools: BodyTools;
  choice: React.ReactNode;
}

function Highlighted({ source: { text }, language, tools, choice }: HighlightedProps) {
  const finder = useFind(text);
  return (
    <>
      <BodyBar tools={tools} finder={finder}>
        {choice}
      </BodyBar>
      <Suspense fallback={<p className="pane-note">Loading…</p>}>
        <Editor text={text} language={language} places={finder.places} current={finder.current} length={finder.needle.length} />
      </Suspense>
    </>
  );
}
