import { useState } from 'react';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { Sentence } from '../design/Sentence.tsx';
import { visible } from '../design/visible.ts';
import { showPreferences } from '../preferences/store.ts';
import { addressText } from './address.ts';
import { reflectProtos, useProtos } from './store.ts';

/** Said below messages whose fields have numbers only, with the ways to names. */
export function NamelessNote({ detail: { connection } }: { detail: PairDetail }) {
  const busy = useProtos((state) => state.busy);
  const [problem, setProblem] = useState('');
  const { upstreamHost: host, upstreamPort: port, upstreamTls } = connection;
  const target = host === '' || port < 1 ? null : { host, port, tls: upstreamTls !== null };
  const ask = (): void => {
    if (target !== null && !busy) void reflectProtos(target).then(setProblem);
  };
  return (
    <div className="nameless">
      <p>
        Fields are called by their numbers, because nobody has told their names.{' '}
        {target !== null && (
          <>
            <button type="button" className="link-button" onClick={ask}>
              {busy ? 'Asking…' : `Ask ${visible(addressText(target))}`}
            </button>
            {' or '}
          </>
        )}
        <button type="button" className="link-button" onClick={() => showPreferences('names')}>
          give names…
        </button>
      </p>
      {problem !== '' && (
        <p role="alert" className="tone-bad captured">
          <Sentence text={visible(problem)} />
        </p>
      )}
    </div>
  );
}
