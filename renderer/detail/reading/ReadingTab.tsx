import { useState } from 'react';
import type { ReadingSection } from '../../../proxy-core/rrpair/reading.ts';
import type { MessageSide, PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { Section } from './Section.tsx';
import { useReading } from './useReading.ts';
import './reading.css';

/** What one side of a pair says whose protocol has no heads: the command, its parameters, the rows that came back. */
export function ReadingTab({ detail, side }: { detail: PairDetail; side: MessageSide }) {
  const [row, setRow] = useState(0);
  const { reading, problem } = useReading(detail, row);
  const said = reading?.[side];
  if (said === undefined) return <p className="pane-note">{problem === '' ? 'Reading it…' : problem}</p>;
  const nothing = said.sections.length === 0 && said.problem === '';
  return (
    <section className="reading" aria-label={side === 'request' ? 'What was asked' : 'What was answered'} tabIndex={0}>
      {nothing && <p className="pane-note">{nothingWords(detail, side)}</p>}
      {said.sections.map((section, index) => (
        <Section
          key={keyOf(section, index)}
          section={section}
          fileName={`pair-${detail.id}-${side}-${index + 1}`}
          onPage={setRow}
        />
      ))}
      {said.problem !== '' && <p className="body-notice">{said.problem}</p>}
    </section>
  );
}

function keyOf(section: ReadingSection, index: number): string {
  return `${section.kind} ${section.title} ${index}`;
}

function nothingWords({ state, failure, status }: PairDetail, side: MessageSide): string {
  if (side === 'request') return 'Nobody asked: the server said this by itself.';
  if (state === 'open') return 'The answer has not come yet.';
  if (failure !== null) return `There is no answer. ${failure.sentence}`;
  return status === 'NO REPLY' ? 'The client asked for no answer.' : 'There is no answer.';
}
