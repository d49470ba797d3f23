import { ArrowDownLeft, ArrowUpRight, TriangleAlert } from 'lucide-react';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { setPreferences } from '../app/preferences.ts';
import { formatCount, plural } from '../design/format.ts';
import { Sentence } from '../design/Sentence.tsx';
import { Switch } from '../design/Switch.tsx';
import { visible } from '../design/visible.ts';
import { toggleSource } from '../filter/actions.ts';
import { showsOnly } from '../filter/sources.ts';
import { useList } from '../list/store.ts';
import { switchContainer } from './actions.ts';
import { ContainerMenu } from './ContainerMenu.tsx';
import { canSwitch, isStopped } from './groups.ts';
import { enumerate, nameInProject } from './names.ts';
import { isOn, portWords, progressWords, rateWords, type ShownState, shownState, trustWords } from './states.ts';
import { showDialog, useContainers } from './store.ts';
import { WhyNot } from './WhyNot.tsx';

interface ContainerItemProps {
  container: Container;
  wanted: boolean | undefined;
}

/** One container: its name filters the list, its switch captures it. */
export function ContainerItem({ container, wanted }: ContainerItemProps) {
  const { name, capture, trust } = container;
  const shown = shownState(container, wanted);
  const filtered = useList((state) => showsOnly(state.filter, name));
  const problem = useContainers((state) => state.problems.get(name));
  const progress = progressWords(container, shown);
  const error = shown === 'attaching' || shown === 'detaching' ? '' : (problem ?? capture.error);
  return (
    <li className={`container ${filtered ? 'container-filtered' : ''} ${isStopped(container) ? 'container-stopped' : ''}`}>
      <div className="container-head">
        <span className={`source-dot source-dot-${shown}`} aria-hidden />
        <button
          type="button"
          className="container-name truncate"
          aria-pressed={filtered}
          title={describe(container)}
          onClick={() => void toggleSource(name)}
        >
          {visible(nameInProject(container))}
        </button>
        <ContainerMenu container={container} />
        {container.refusal !== '' && !isOn(shown) ? (
          <WhyNot name={name} refusal={container.refusal} />
        ) : (
          <Switch
            label={`Capture ${name}`}
            checked={isOn(shown)}
            busy={trust.busy !== ''}
            disabled={!canSwitch(container) && wanted === undefined}
            onChange={(next) => {
              setPreferences({ knowsContainers: true });
              void switchContainer(container, next);
            }}
          />
        )}
      </div>
      {progress !== '' && (
        <p className="container-line container-progress">
          {visible(progress)}
          {shown === 'waiting' ? '' : '…'}
        </p>
      )}
      {shown === 'on' && <Flow container={container} />}
      {shown === 'on' && <Trust container={container} />}
      {error !== '' && <Problem container={container} shown={shown} sentence={error} />}
    </li>
  );
}

/** What one may want to know before switching it on. */
function describe({ name, image, ports, networks, state, health, sharesNetworkWith, madeByUs }: Container): string {
  const published = ports.filter(({ host }) => host !== null).map((port) => `${port.host} → ${port.container}`);
  const lines = [
    `Show only ${name}`,
    `Image: ${image}`,
    `State: ${state}${health === 'none' ? '' : `, ${health}`}`,
    published.length > 0 ? `Published: ${published.join(', ')}` : '',
    networks.length > 0 ? `Networks: ${networks.join(', ')}` : '',
    sharesNetworkWith.length > 0 ? `Shares its network with ${sharesNetworkWith.join(', ')}` : '',
    madeByUs ? 'Started by Sidetap' : '',
  ];
  return visible(lines.filter((line) => line !== '').join(' · '));
}

/** Ports, pace and count of a container that is captured, and what could not be kept. */
function Flow({ container: { capture, sharesNetworkWith } }: { container: Container }) {
  const { inPorts, outbound, pairsIn, pairsOut, pairsPerSecond, earlier, shed } = capture;
  const lost = [
    shed.pairs > 0 ? plural(shed.pairs, 'pair') : '',
    shed.bodies > 0 ? `bodies of ${plural(shed.bodies, 'pair')}` : '',
  ].filter((part) => part !== '');
  return (
    <>
      <div className="container-line container-flow">
        <span
          className="flow-way"
          title={inPorts.length === 0 ? 'It listens on no TCP port yet' : `Inbound: port ${inPorts.join(', ')}`}
        >
          <ArrowDownLeft size={13} className="direction-in" aria-hidden />
          <span className="sr-only">Inbound, port</span>
          {inPorts.length === 0 ? 'no port' : portWords(inPorts)}
        </span>
        {outbound && (
          <span className="flow-way" title="Outbound connections are captured">
            <ArrowUpRight size={13} className="direction-out" aria-hidden />
            out
          </span>
        )}
        <span className="flow-count" title={`${formatCount(pairsIn)} in, ${formatCount(pairsOut)} out since it was switched on`}>
          {pairsPerSecond > 0 && <span className="flow-rate">{rateWords(pairsPerSecond)}</span>}
          {formatCount(pairsIn + pairsOut)}
          <span className="sr-only"> pairs</span>
        </span>
      </div>
      {sharesNetworkWith.length > 0 && (
        <p className="container-line" title={sharesNetworkWith.join(', ')}>
          With {visible(enumerate(sharesNetworkWith))}: same network
        </p>
      )}
      {earlier > 0 && (
        <p
          className="container-line"
          title="Connections that were open before this was switched on go on as they were. Those that are opened from now on are captured."
        >
          {plural(earlier, 'earlier connection')} not captured
        </p>
      )}
      {lost.length > 0 && (
        <p
          className="container-line tone-warn"
          title="Traffic came faster than it could be recorded. The traffic itself was not touched."
        >
          <TriangleAlert size={12} aria-hidden /> Not recorded: {lost.join(', ')}
        </p>
      )}
    </>
  );
}

function Trust({ container }: { container: Container }) {
  const words = trustWords(container);
  if (words === null) return null;
  return (
    <p className="container-line container-trust">
      <span className={`truncate tone-${words.tone}`}>{visible(words.text)}</span>
      <button
        type="button"
        className="link-button"
        aria-label={`${words.action}: TLS of ${container.name}`}
        onClick={() => showDialog('tls', container.name)}
      >
        {words.action}
      </button>
    </p>
  );
}

interface ProblemProps {
  container: Container;
  shown: ShownState;
  sentence: string;
}

function Problem({ container, shown, sentence }: ProblemProps) {
  return (
    <div role="alert" className={`container-problem ${shown === 'on' ? 'container-problem-partly' : ''}`}>
      <p className="captured">
        <Sentence text={sentence} />
      </p>
      {shown === 'failed' && (
        <p className="container-problem-actions">
          <button type="button" className="link-button" onClick={() => void switchContainer(container, true)}>
            Try again
          </button>
          <button type="button" className="link-button" onClick={() => void switchContainer(container, false)}>
            Leave it off
          </button>
        </p>
      )}
    </div>
  );
}
