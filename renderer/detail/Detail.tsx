import { Tabs } from '@base-ui/react/tabs';
import { PanelBottom, PanelRight, X } from 'lucide-react';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { ReplayTab } from '../replay/ReplayTab.tsx';
import { CausedTab } from './caused/CausedTab.tsx';
import { Compare } from './compare/Compare.tsx';
import { stopComparing, useCompare } from './compare/store.ts';
import { CodeTab } from './copy/CodeTab.tsx';
import { DetailActions } from './DetailActions.tsx';
import { DetailTitle } from './DetailTitle.tsx';
import { MessageTab } from './MessageTab.tsx';
import { MessagesTab } from './messages/MessagesTab.tsx';
import { ModelTab } from './messages/ModelTab.tsx';
import { streamWords } from './messages/words.ts';
import { Overview } from './Overview.tsx';
import { RawTab } from './RawTab.tsx';
import { type DetailTab, useDetail } from './store.ts';
import { Timing } from './Timing.tsx';
import './detail.css';
import './message.css';
import './overview.css';

/** The pair that is selected, or two that are compared. */
export function Detail({ onClose }: { onClose: () => void }) {
  const comparison = useCompare((state) => state.shown);
  return comparison === null ? <OnePair onClose={onClose} /> : <Compare comparison={comparison} />;
}

/** Says that the next row selected is what the pair shown is compared with. */
function Waiting({ id }: { id: number }) {
  return (
    <p className="compare-waiting">
      <span className="spacer">Select in the list what pair {id} is to be compared with.</span>
      <Button tone="quiet" onClick={stopComparing}>
        Cancel
      </Button>
    </p>
  );
}

function OnePair({ onClose }: { onClose: () => void }) {
  const waiting = useCompare((state) => state.waiting);
  const { detail, problem, tab } = useDetail();
  const side = usePreferences((state) => state.detailSide);
  const closing = (
    <div className="detail-window">
      <IconButton
        label={side === 'bottom' ? 'Show details on the right' : 'Show details below'}
        onClick={() => setPreferences({ detailSide: side === 'bottom' ? 'right' : 'bottom' })}
      >
        {side === 'bottom' ? <PanelRight size={15} /> : <PanelBottom size={15} />}
      </IconButton>
      <IconButton label="Close details" keys="Esc" onClick={onClose}>
        <X size={16} />
      </IconButton>
    </div>
  );
  if (detail === null) {
    return (
      <section className="detail" aria-label="Details">
        <header className="detail-head">
          <p className="detail-title muted">{problem === '' ? 'Loading…' : problem}</p>
          {closing}
        </header>
      </section>
    );
  }
  const replayed = detail.replayOf !== null || detail.replays.length > 0;
  const tabs: { value: DetailTab; label: string }[] = [
    { value: 'overview', label: 'Overview' },
    ...(detail.model === null ? [] : [{ value: 'model' as const, label: 'Model' }]),
    ...(detail.conversation === null ? [] : [{ value: 'messages' as const, label: streamWords(detail.conversation).title }]),
    { value: 'request', label: 'Request' },
    { value: 'response', label: 'Response' },
    { value: 'timing', label: 'Timing' },
    { value: 'caused', label: detail.direction === 'in' ? 'Caused' : 'Cause' },
    { value: 'curl', label: 'cURL & code' },
    { value: 'raw', label: 'Raw' },
    ...(replayed
      ? [{ value: 'replay' as const, label: detail.replays.length > 1 ? `Replays ${detail.replays.length}` : 'Replay' }]
      : []),
  ];
  const shown = tabs.some((entry) => entry.value === tab) ? tab : 'overview';
  return (
    <section className="detail" aria-label="Details">
      <header className="detail-head">
        <DetailTitle detail={detail} />
        <DetailActions detail={detail} />
        {closing}
      </header>
      {waiting !== null && <Waiting id={waiting} />}
      <Tabs.Root
        className="detail-tabs"
        value={shown}
        onValueChange={(value) => useDetail.setState({ tab: tabs.find((entry) => entry.value === value)?.value ?? 'overview' })}
      >
        <Tabs.List className="tab-list" activateOnFocus>
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value} className="tab">
              {label}
            </Tabs.Tab>
          ))}
          <Tabs.Indicator className="tab-indicator" />
        </Tabs.List>
        <Tabs.Panel value={shown} className="tab-panel">
          {shown === 'overview' && <Overview detail={detail} />}
          {shown === 'model' && <ModelTab key={detail.id} detail={detail} />}
          {shown === 'messages' && <MessagesTab key={detail.id} detail={detail} />}
          {shown === 'request' && <MessageTab key="request" detail={detail} side="request" />}
          {shown === 'response' && <MessageTab key="response" detail={detail} side="response" />}
          {shown === 'timing' && <Timing detail={detail} />}
          {shown === 'caused' && <CausedTab key={detail.id} detail={detail} />}
          {shown === 'curl' && <CodeTab detail={detail} />}
          {shown === 'raw' && <RawTab detail={detail} />}
          {shown === 'replay' && <ReplayTab detail={detail} />}
        </Tabs.Panel>
      </Tabs.Root>
    </section>
  );
}
