import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../design/Button.tsx';
import { CopyButton } from '../design/CopyButton.tsx';
import { visible } from '../design/visible.ts';
import type { Credential } from './credentials.ts';

const SHOWN_CHARS = 2_000;

interface MeaningProps {
  cache: readonly string[];
  cors: readonly string[];
  credentials: readonly Credential[];
}

/** What the fields amount to: who the client says it is, who may keep the answer, and whose scripts may read it. */
export function Meaning({ cache, cors, credentials }: MeaningProps) {
  const named = credentials.map((credential, place) => ({ credential, key: `${place} ${credential.field}` }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
    <div className="meaning" tabIndex={0} role="region" aria-label="Meaning">
      {named.map(({ credential, key }) => (
        <OneCredential key={key} credential={credential} />
      ))}
      <Sentences title="Caching" sentences={cache} />
      <Sentences title="Other origins (CORS)" sentences={cors} />
    </div>
  );
}

function Sentences({ title, sentences }: { title: string; sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <section>
      <h3 className="facts-title">{title}</h3>
      <ul className="sentences">
        {sentences.map((sentence) => (
          <li key={sentence} className="captured">
            {visible(sentence.slice(0, SHOWN_CHARS))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneCredential({ credential: { field, scheme, facts, secret, token } }: { credential: Credential }) {
  const [shown, setShown] = useState(false);
  return (
    <section aria-label={`${visible(field)}: ${visible(scheme)}`}>
      <h3 className="facts-title captured">
        {visible(field)}: {visible(scheme)}
        {token !== null && (
          <span className={token.expired ? 'tone-bad' : 'tone-ok'}>
            {' '}
            · JSON Web Token, {token.validity}; its signature is not checked
          </span>
        )}
      </h3>
      <dl className="media-facts">
        {[...facts, ...(token?.lines ?? [])].map(([name, value]) => (
          <div key={name}>
            <dt className="muted captured">{visible(name)}</dt>
            <dd className="captured">{visible(value.slice(0, SHOWN_CHARS))}</dd>
          </div>
        ))}
        {secret !== '' && (
          <div>
            <dt className="muted">{scheme === 'Basic' ? 'Password' : 'Secret'}</dt>
            <dd className="secret">
              <span className="mono captured">{shown ? visible(secret.slice(0, SHOWN_CHARS)) : '••••••••'}</span>
              <Button
                tone="quiet"
                icon={shown ? <EyeOff size={13} /> : <Eye size={13} />}
                aria-pressed={shown}
                onClick={() => setShown(!shown)}
              >
                {shown ? 'Hide' : 'Reveal'}
              </Button>
              {shown && <CopyButton text={secret} what="secret" />}
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}
