import { useEffect, useState } from 'react';
import type { MaskingPreview } from '../../proxy-core/rrpair/masking.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { formatCount, plural } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { type ScopeKind, selectionOf } from '../snapshots/Scope.tsx';

/** What would be masked in a selection; null before the first answer, a sentence when it cannot be told. */
export function useMasked(scope: ScopeKind, ids: readonly number[]): MaskingPreview | string | null {
  const [state, setState] = useState<{ of: ScopeKind; is: MaskingPreview | string } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      for await (const preview of await engine().redact.preview(selectionOf(scope, ids), { signal: stop.signal })) {
        if (!stop.signal.aborted) setState({ of: scope, is: preview });
      }
    };
    run().catch((error: unknown) => {
      if (!stop.signal.aborted && !isAbort(error)) setState({ of: scope, is: sentenceOf(error) });
    });
    return () => stop.abort();
  }, [scope, ids]);
  return state !== null && state.of === scope ? state.is : null;
}

export function secretsOf(preview: MaskingPreview | string | null): number {
  if (preview === null || typeof preview === 'string') return 0;
  return preview.rules.reduce((sum, { count }) => sum + count, 0);
}

/** What is masked before it leaves, by rule, with the first places. */
export function Masked({ preview }: { preview: MaskingPreview | string | null }) {
  const secrets = secretsOf(preview);
  return (
    <section aria-label="Secrets" className="masked">
      <h3 className="facts-title">Secrets</h3>
      {typeof preview === 'string' ? (
        <p className="tone-bad captured">{preview}</p>
      ) : preview === null || !preview.finished ? (
        <p className="muted">
          Looking for secrets… {preview !== null && `${formatCount(preview.done)} of ${plural(preview.total, 'pair')}`}
        </p>
      ) : (
        <p role="status" className="muted">
          {secrets === 0 ? 'None were found.' : `${plural(secrets, 'value')} in ${plural(preview.pairs, 'pair')} are masked:`}
        </p>
      )}
      {preview !== null && typeof preview !== 'string' && preview.rules.length > 0 && (
        <ul className="masked-rules" aria-label="Masked">
          {preview.rules.map(({ rule, title, count, places }) => (
            <li key={rule}>
              <span className="captured">{visible(title === '' ? rule : title)}</span>
              <span className="muted captured truncate">
                {visible([...new Set(places.map(({ where }) => where))].join(', ').slice(0, 200))}
              </span>
              <span>{formatCount(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
