import { useState } from 'react';
import { targetOf } from '../../proxy-core/rrpair/location.ts';
import type { HeaderField, MessageDetail, MessageSide, PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { formatBytes, plural } from '../design/format.ts';
import { Segmented } from '../design/Segmented.tsx';
import { visible } from '../design/visible.ts';
import { CookieTable } from './CookieTable.tsx';
import { type Cookie, sentCookies, setCookies } from './cookies.ts';
import { credentialsOf, isSecretField } from './credentials.ts';
import { HeaderTable } from './HeaderTable.tsx';
import { cacheWords, corsWords } from './headMeaning.ts';
import { Meaning } from './Meaning.tsx';
import { queryOf } from './query.ts';

type View = 'headers' | 'query' | 'cookies' | 'meaning';

interface HeadViewsProps {
  detail: PairDetail;
  side: MessageSide;
  message: MessageDetail;
}

/** The fields of a head as sent; and what of them makes sense together: query, cookies, and what they mean. */
export function HeadViews({ detail, side, message }: HeadViewsProps) {
  const [chosen, setChosen] = useState<View>('headers');
  const request = side === 'request';
  const query: HeaderField[] = request ? queryOf(targetOf(detail.location)) : [];
  const cookies: Cookie[] = request ? sentCookies(message.headers) : setCookies(message.headers);
  const credentials = request ? credentialsOf(message.headers) : [];
  const cache = cacheWords(detail.request, detail.response, detail.command, detail.status);
  const cors = corsWords(detail.request, detail.response, detail.command);
  const options: { value: View; label: string }[] = [
    { value: 'headers', label: `Headers ${message.headers.length}` },
    ...(query.length > 0 ? [{ value: 'query' as const, label: `Query ${query.length}` }] : []),
    ...(cookies.length > 0 ? [{ value: 'cookies' as const, label: `Cookies ${cookies.length}` }] : []),
    ...(cache.length + cors.length + credentials.length > 0 ? [{ value: 'meaning' as const, label: 'Meaning' }] : []),
  ];
  const view = options.some(({ value }) => value === chosen) ? chosen : 'headers';
  return (
    <>
      {options.length > 1 && (
        <div className="head-bar">
          <Segmented label="Show of the head" value={view} options={options} onChange={setChosen} />
        </div>
      )}
      {view === 'headers' && (
        <>
          {message.interim.map((head) => (
            <details key={`${head.startLine} ${head.headers.length}`} className="interim">
              <summary className="mono captured">{visible(head.startLine)}</summary>
              <HeaderTable fields={head.headers} label="Interim headers" />
            </details>
          ))}
          <HeaderTable
            fields={message.headers}
            label="Headers"
            explain={`${plural(message.headers.length, 'field')}, ${formatBytes(message.headBytes)}`}
            isSecret={isSecretField}
          />
          {message.trailers.length > 0 && (
            <>
              <h3 className="facts-title trailers-title">Trailers</h3>
              <HeaderTable fields={message.trailers} label="Trailers" />
            </>
          )}
        </>
      )}
      {view === 'query' && <HeaderTable fields={query} label="Query" />}
      {view === 'cookies' && <CookieTable cookies={cookies} />}
      {view === 'meaning' && <Meaning cache={cache} cors={cors} credentials={credentials} />}
    </>
  );
}
