import { CircleAlert, RotateCcw } from 'lucide-react';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { useContainers } from '../containers/store.ts';
import { StatusMark, TechnologyBadge } from '../design/Badges.tsx';
import { formatBytes, formatMs } from '../design/format.ts';
import { Sentence } from '../design/Sentence.tsx';
import { visible } from '../design/visible.ts';
import { selectPair } from '../list/actions.ts';
import { MarkSection } from '../marks/MarkSection.tsx';
import { CauseCallout } from './caused/CauseCallout.tsx';
import { Fact, FactGroup } from './Facts.tsx';
import { clientWords, entryWords, reasonPhrase, technologiesOf, titlesOf, urlOf } from './facts.ts';
import { OtherEnds, Pushed } from './OtherEnds.tsx';
import { TlsFacts } from './TlsFacts.tsx';
import { isExplained, UnreadTls } from './UnreadTls.tsx';

/** Characters of what was captured that are laid out. */
const SHOWN_CHARS = 4_000;
/** More of them, the filter `pushed-by:` lists. */
const SHOWN_PUSHES = 6;

function when(iso: string): string {
  const date = new Date(iso);
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** What a person asks first: what was called, what came back, how long it took, and how we know. */
export function Overview({ detail }: { detail: PairDetail }) {
  const { request, response, failure, connection, timing } = detail;
  const containers = useContainers((state) => state.list);
  const url = urlOf(detail);
  const titles = titlesOf(detail);
  const encoding = [request.contentEncoding, response?.contentEncoding ?? ''].filter((name) => name !== '');
  return (
    <div className="overview">
      <MarkSection detail={detail} />
      {failure !== null && !isExplained(detail, containers) && (
        <div className={`callout ${failure.code === 'not-decoded' ? 'callout-info' : 'callout-bad'}`}>
          <CircleAlert size={16} aria-hidden />
          <div>
            <p>
              <Sentence text={failure.sentence} />
            </p>
            {failure.detail !== '' && <p className="mono soft captured">{visible(failure.detail.slice(0, SHOWN_CHARS))}</p>}
          </div>
        </div>
      )}
      <UnreadTls detail={detail} />
      {detail.direction === 'out' && <CauseCallout detail={detail} />}
      <OtherEnds ends={detail.otherEnds} />
      <Pushed by={detail.promisedWith} />
      <div className="overview-groups">
        <FactGroup title="Call">
          <Fact name={titles.location} copy={url}>
            {visible(url.slice(0, SHOWN_CHARS))}
            {url.length > SHOWN_CHARS && <span className="muted"> … {url.length - SHOWN_CHARS} characters more</span>}
          </Fact>
          <Fact name={titles.command}>{visible(detail.command.slice(0, SHOWN_CHARS))}</Fact>
          <Fact name="Status">
            <StatusMark status={detail.status} error={detail.error} open={detail.state === 'open'} />{' '}
            {visible(reasonPhrase(detail).slice(0, SHOWN_CHARS))}
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
          {detail.pushes.length > 0 && (
            <Fact name="Pushed with it">
              {detail.pushes.slice(0, SHOWN_PUSHES).map(({ id, location }) => (
                <span key={id} className="captured">
                  {visible(location.slice(0, 100))} <PairLink id={id} />{' '}
                </span>
              ))}
              {detail.pushes.length > SHOWN_PUSHES && <span className="muted">and more</span>}
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
          <Fact name={titles.request}>{formatBytes(detail.requestBytes)}</Fact>
          <Fact name={titles.response}>{formatBytes(detail.responseBytes)}</Fact>
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
                    {visible(line.slice(0, SHOWN_CHARS))}
                  </span>
                ))}
              </dd>
            </div>
          ))}
        </FactGroup>
        <FactGroup title="Connection">
          {connection.entry === 'transparent' && (
            <Fact name="Container" copy={detail.source}>
              {visible(detail.source)}
            </Fact>
          )}
          <Fact name="From" copy={connection.clientAddress}>
            {visible(clientWords(connection))}
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
          {connection.session.map(([name, value]) => (
            <Fact key={name} name={visible(name)}>
              {visible(value.slice(0, SHOWN_CHARS))}
            </Fact>
          ))}
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
