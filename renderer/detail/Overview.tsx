import { CircleAlert, RotateCcw } from 'lucide-react';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { StatusMark, TechnologyBadge } from '../design/Badges.tsx';
import { formatBytes, formatMs } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { selectPair } from '../list/actions.ts';
import { Fact, FactGroup } from './Facts.tsx';
import { entryWords, reasonPhrase, technologiesOf, urlOf } from './facts.ts';
import { TlsFacts } from './TlsFacts.tsx';

function when(iso: string): string {
  const date = new Date(iso);
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** What a person asks first: what was called, what came back, how long it took, and how we know. */
export function Overview({ detail }: { detail: PairDetail }) {
  const { request, response, failure, connection, timing } = detail;
  const url = urlOf(detail);
  const encoding = [request.contentEncoding, response?.contentEncoding ?? ''].filter((name) => name !== '');
  return (
    <div className="overview">
      {failure !== null && (
        <div className={`callout ${failure.code === 'not-decoded' ? 'callout-info' : 'callout-bad'}`}>
          <CircleAlert size={16} aria-hidden />
          <div>
            <p>{failure.sentence}</p>
            {failure.detail !== '' && <p className="mono soft captured">{visible(failure.detail)}</p>}
          </div>
        </div>
      )}
      <div className="overview-groups">
        <FactGroup title="Call">
          <Fact name="URL" copy={url}>
            {visible(url)}
          </Fact>
          <Fact name="Method">{visible(detail.command)}</Fact>
          <Fact name="Status">
            <StatusMark status={detail.status} error={detail.error} open={detail.state === 'open'} />{' '}
            {visible(reasonPhrase(detail))}
          </Fact>
          <Fact name="Direction">
            {detail.direction === 'in' ? 'Inbound: the application received it' : 'Outbound: the application made it'}
          </Fact>
          <Fact name="Started" copy={detail.startedAt}>
            {when(detail.startedAt)}
          </Fact>
          {detail.source === 'replay' && detail.replayOf !== null && (
            <Fact name="Replay of">
              <PairLink id={detail.replayOf} />
            </Fact>
          )}
          {detail.replays.length > 0 && (
            <Fact name="Replayed">
              {detail.replays.slice(0, 6).map((id) => (
                <PairLink key={id} id={id} />
              ))}
            </Fact>
          )}
        </FactGroup>
        <FactGroup title="Time and size">
          <Fact name="Latency">
            {detail.latencyMs === null ? 'No response yet' : `${formatMs(detail.latencyMs)} to the first byte`}
          </Fact>
          <Fact name="Duration">{detail.durationMs === null ? '–' : `${formatMs(detail.durationMs)} to the last byte`}</Fact>
          {timing.dialMs > 0 && (
            <Fact name="Connection">
              {formatMs(timing.dialMs)} to connect{timing.tlsMs > 0 ? `, ${formatMs(timing.tlsMs)} for TLS` : ''}
            </Fact>
          )}
          <Fact name="Request body">{formatBytes(detail.requestBytes)}</Fact>
          <Fact name="Response body">{formatBytes(detail.responseBytes)}</Fact>
          {encoding.length > 0 && <Fact name="Encoded as">{visible(encoding.join(', '))}</Fact>}
        </FactGroup>
        <FactGroup title="Technologies">
          {detail.evidence.length === 0 && <p className="muted">Nothing was recognised.</p>}
          {technologiesOf(detail.evidence).map(([technology, evidence]) => (
            <div key={technology} className="fact">
              <dt>
                <TechnologyBadge name={technology} />
              </dt>
              <dd className="fact-lines">
                {evidence.map((line) => (
                  <span key={line} className="mono soft captured">
                    {visible(line)}
                  </span>
                ))}
              </dd>
            </div>
          ))}
        </FactGroup>
        <FactGroup title="Connection">
          <Fact name="From" copy={connection.clientAddress}>
            {visible(connection.clientAddress)}
          </Fact>
          <Fact name="Through">{entryWords(connection.entry)}</Fact>
          <Fact name="To" copy={`${connection.upstreamHost}:${connection.upstreamPort}`}>
            {visible(connection.upstreamHost)}:{connection.upstreamPort}
          </Fact>
          {connection.upstreamAddress !== '' && connection.upstreamAddress !== connection.upstreamHost && (
            <Fact name="Address" copy={connection.upstreamAddress}>
              {connection.upstreamAddress}
            </Fact>
          )}
          <TlsFacts client={connection.clientTls} upstream={connection.upstreamTls} />
        </FactGroup>
      </div>
    </div>
  );
}

export function PairLink({ id }: { id: number }) {
  return (
    <button type="button" className="link-button pair-link" onClick={() => selectPair(id)}>
      <RotateCcw size={12} aria-hidden /> pair {id}
    </button>
  );
}
