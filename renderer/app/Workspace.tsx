import { useEffect, useRef, useState } from 'react';
import { useEngine } from '../api/engine.ts';
import { Button } from '../design/Button.tsx';
import { Splitter } from '../design/Splitter.tsx';
import { Detail } from '../detail/Detail.tsx';
import { openDetail, useDetail } from '../detail/store.ts';
import { Empty, NoMatch } from '../empty/Empty.tsx';
import { clearFilter } from '../filter/actions.ts';
import { Histogram } from '../histogram/Histogram.tsx';
import { List } from '../list/List.tsx';
import { useList } from '../list/store.ts';
import { leaveDetail } from './focus.ts';
import { ListFoot } from './ListFoot.tsx';
import { setPreferences, usePreferences } from './preferences.ts';

/** Pixels that the list keeps, however large the details are made. */
const LIST_MIN = { bottom: 130, right: 300 };
const DETAIL_MIN = { bottom: 150, right: 320 };
/** Below this height of the list's place there are more important things to show than the traffic over time. */
const HISTOGRAM_MIN = 300;

/** The list and, when a pair is open, its details below or to the right. */
export function Workspace() {
  const open = useDetail((state) => state.open);
  const { detailSide, detailHeight, detailWidth } = usePreferences();
  const place = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 1_200, height: 800 });
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // Beside the list there must be room for both.
  const side = detailSide === 'right' && size.width >= LIST_MIN.right + DETAIL_MIN.right ? 'right' : 'bottom';
  const max = (side === 'right' ? size.width : size.height) - LIST_MIN[side];
  const min = Math.min(DETAIL_MIN[side], max);
  const value = Math.min(max, Math.max(min, side === 'right' ? detailWidth : detailHeight));
  return (
    <div ref={place} className={`workspace workspace-${side}`}>
      <div className="workspace-list">
        <ListOrReason low={size.height - (open && side === 'bottom' ? value : 0) < HISTOGRAM_MIN} />
      </div>
      {open && (
        <>
          <Splitter
            label="Size of the details"
            orientation={side === 'right' ? 'vertical' : 'horizontal'}
            value={value}
            min={min}
            max={max}
            reverse
            onChange={(next) => setPreferences(side === 'right' ? { detailWidth: next } : { detailHeight: next })}
          />
          <div className="workspace-detail" style={side === 'right' ? { width: value } : { height: value }}>
            <Detail onClose={leaveDetail} />
          </div>
        </>
      )}
    </div>
  );
}

function ListOrReason({ low }: { low: boolean }) {
  const { total, loading, problem, filter, hiddenNoise, boundary } = useList();
  const histogram = usePreferences((state) => state.histogram);
  const known = useEngine((state) => state.status !== null);
  if (problem !== '') {
    return (
      <div className="no-match">
        <p role="alert">{problem}</p>
        {filter !== '' && <Button onClick={clearFilter}>Clear filter</Button>}
      </div>
    );
  }
  if (!known || (loading && total === 0)) return <div className="list-waiting" aria-busy="true" />;
  if (total === 0 && boundary === null) return filter === '' && hiddenNoise === 0 ? <Empty /> : <NoMatch />;
  return (
    <>
      {histogram && !low && <Histogram />}
      <List onOpen={() => openDetail()} onClose={leaveDetail} />
      <ListFoot />
    </>
  );
}
