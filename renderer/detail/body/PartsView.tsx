import { useState } from 'react';
import { formatBytes } from '../../design/format.ts';
import { visible } from '../../design/visible.ts';
import { HeaderTable } from '../HeaderTable.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { BodyViews } from './BodyViews.tsx';
import { blobSource } from './bytes.ts';
import { useAnswer } from './useWork.ts';
import type { Part } from './work/multipart.ts';
import type { BodyWorker } from './worker.ts';

/** A part says of itself what it is. */
const NOTHING = new Uint8Array(0);

interface PartsViewProps {
  worker: BodyWorker;
  blob: Blob;
  tools: BodyTools;
  /** What a saved part is called when its sender did not name it. */
  fileName: string;
}

/** The parts of a multipart body: one chosen from a list, looked at like any other body, and saved on its own. */
export function PartsView({ worker, blob, tools, fileName }: PartsViewProps) {
  const { answer, problem } = useAnswer(worker, { what: 'parts' });
  const [chosen, setChosen] = useState(0);
  const parts = answer === null || typeof answer === 'string' ? [] : answer;
  const part = parts[chosen] ?? parts[0];
  const says = problem !== '' ? problem : typeof answer === 'string' ? answer : answer === null ? 'Reading the parts…' : '';
  return (
    <>
      <BodyBar tools={tools} />
      {part === undefined ? (
        <p className="pane-note">{says === '' ? 'There are no parts in it.' : says}</p>
      ) : (
        <div className="parts">
          <PartList parts={parts} chosen={parts.indexOf(part)} onChoose={setChosen} />
          <OnePart key={part.from} part={part} blob={blob} fileName={fileName} />
        </div>
      )}
    </>
  );
}

function nameOf(part: Part, index: number): string {
  return part.name !== '' ? part.name : part.fileName !== '' ? part.fileName : `Part ${index + 1}`;
}

interface PartListProps {
  parts: readonly Part[];
  chosen: number;
  onChoose: (index: number) => void;
}

function PartList({ parts, chosen, onChoose }: PartListProps) {
  return (
    <div
      role="listbox"
      aria-label="Parts"
      aria-activedescendant={`part-${chosen}`}
      tabIndex={0}
      className="part-list"
      onKeyDown={(event) => {
        const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
        if (step === 0) return;
        event.preventDefault();
        event.stopPropagation();
        onChoose(Math.min(parts.length - 1, Math.max(0, chosen + step)));
      }}
    >
      {parts.map((part, index) => (
        <div
          key={part.from}
          id={`part-${index}`}
          role="option"
          aria-selected={index === chosen}
          className={index === chosen ? 'part-item part-chosen' : 'part-item'}
          onClick={() => onChoose(index)}
        >
          <span className="truncate captured">{visible(nameOf(part, index).slice(0, 200))}</span>
          <span className="muted truncate captured">
            {formatBytes(part.to - part.from)}
            {part.fileName === '' ? '' : `, ${visible(part.fileName.slice(0, 200))}`}
          </span>
        </div>
      ))}
    </div>
  );
}

function OnePart({ part, blob, fileName }: { part: Part; blob: Blob; fileName: string }) {
  const [own] = useState(() => blob.slice(part.from, part.to));
  return (
    <section className="part" aria-label="Part">
      {part.headers.length > 0 && <HeaderTable fields={part.headers} label="Headers of the part" />}
      <BodyViews
        blob={own}
        start={NOTHING}
        source={blobSource(own)}
        facts={part}
        sizes={`${part.mediaType} · ${formatBytes(own.size)}`}
        fileName={part.fileName === '' ? `${fileName}-part` : part.fileName}
      />
    </section>
  );
}
