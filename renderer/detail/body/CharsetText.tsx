import { useState } from 'react';
import { CopyButton } from '../../design/CopyButton.tsx';
import { BodyBar, type BodyTools } from './BodyBar.tsx';
import { TextView } from './TextView.tsx';
import { useAnswer } from './useWork.ts';
import { charsets } from './work/charset.ts';
import { keyOf } from './work/work.ts';
import type { BodyWorker } from './worker.ts';

/** A body as text, in the charset that it names, or in another one. */
export function CharsetText({ worker, tools }: { worker: BodyWorker; tools: BodyTools }) {
  const [chosen, setChosen] = useState('');
  const ask = { what: 'text', charset: chosen } as const;
  const { answer, problem } = useAnswer(worker, ask);
  if (answer === null) {
    return (
      <>
        <BodyBar tools={tools} />
        {problem !== '' && <p className="pane-note">{problem}</p>}
      </>
    );
  }
  const names: readonly string[] = charsets;
  const options = names.includes(answer.charset) ? names : [answer.charset, ...names];
  const withCopy = {
    ...tools,
    tail: [<CopyButton key="copy" text={answer.text} what="body" />, <span key="tail">{tools.tail}</span>],
  };
  return (
    <>
      <TextView text={answer.text} lines={answer.lines} tools={withCopy} place={{ worker, of: keyOf(ask) }}>
        <select
          className="select"
          aria-label="Charset"
          title={`Charset: ${answer.why}`}
          value={answer.charset}
          onChange={(event) => setChosen(event.target.value)}
        >
          {options.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </TextView>
      {answer.invalid && (
        <p className="body-notice">
          Some bytes are not {answer.charset}: they show as �. Another charset may fit; hex shows the bytes themselves.
        </p>
      )}
    </>
  );
}
