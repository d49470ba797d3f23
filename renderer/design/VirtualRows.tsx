import {
  type ComponentProps,
  Fragment,
  type ReactNode,
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import {
  type Extent,
  kept,
  marginFor,
  moved,
  noMargin,
  type Place,
  physicalHeight,
  placeAt,
  restingMargin,
  topShowing,
  visibleRows,
} from './scroll.ts';

export interface VirtualHandle {
  /** Scrolls the least that brings the row into sight. */
  showRow: (row: number) => void;
  scrollToTop: () => void;
  scrollToEnd: () => void;
  /** Whole rows in sight. */
  rowsInSight: () => number;
  firstInSight: () => number;
  element: () => HTMLDivElement | null;
}

export interface Sight {
  first: number;
  end: number;
  atTop: boolean;
  atEnd: boolean;
}

interface VirtualRowsProps extends Omit<ComponentProps<'div'>, 'ref' | 'children'> {
  handle?: Ref<VirtualHandle>;
  count: number;
  rowHeight: number;
  /** Stays at the top while the rows scroll below it. */
  header?: ReactNode;
  headerHeight?: number;
  /** CSS width of the rows, where they may be wider than the viewport. */
  contentWidth?: string;
  /** `top` in pixels is to be set on the row's element. */
  renderRow: (row: number, top: number) => ReactNode;
  onSight?: (sight: Sight) => void;
  /** The row that stays in sight when the viewport becomes smaller. */
  keepInSight?: number | null;
}

const IDLE_MILLIS = 160;

/** Rows of equal height, of which only those in sight exist. Any number of them. */
export function VirtualRows(props: VirtualRowsProps) {
  const {
    handle,
    count,
    rowHeight,
    header,
    headerHeight = 0,
    contentWidth,
    renderRow,
    onSight,
    keepInSight = null,
    ...rest
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const place = useRef<Place>({ top: 0, physical: 0 });
  const idle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [viewport, setViewport] = useState(0);
  const [drawn, setDrawn] = useState({ row: 0, shift: 0, margin: restingMargin });
  const extent: Extent = { rows: count, rowHeight, viewport };
  const latest = useRef({ extent, onSight, keepInSight });
  useLayoutEffect(() => {
    latest.current = { extent, onSight, keepInSight };
  });

  const settle = useCallback((next: Place, tell: boolean): void => {
    const element = scroller.current;
    const { extent: now, onSight: listener } = latest.current;
    place.current = next;
    if (element !== null && Math.abs(element.scrollTop - next.physical) >= 1) element.scrollTop = next.physical;
    const row = Math.floor(next.top / now.rowHeight);
    const shift = next.top - next.physical;
    setDrawn((before) => {
      const movement = row - before.row;
      const margin = tell && movement === 0 ? before.margin : marginFor(movement, now.viewport / now.rowHeight);
      const same = movement === 0 && before.shift === shift && before.margin === margin;
      return same ? before : { row, shift, margin };
    });
    if (!tell) return;
    const { first, end } = visibleRows(now, next.top, noMargin);
    listener?.({ first, end, atTop: next.top <= 1, atEnd: next.top >= now.rows * now.rowHeight - now.viewport - 1 });
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setViewport(Math.max(0, element.clientHeight - headerHeight)));
    observer.observe(element);
    setViewport(Math.max(0, element.clientHeight - headerHeight));
    return () => {
      observer.disconnect();
      clearTimeout(idle.current);
    };
  }, [headerHeight]);

  // Rows came or went, or the viewport changed: what is in sight stays.
  useLayoutEffect(() => {
    settle(kept({ rows: count, rowHeight, viewport }, place.current), viewport > 0);
  }, [count, rowHeight, viewport, settle]);

  const lastViewport = useRef(0);
  useLayoutEffect(() => {
    const { extent: now, keepInSight: row } = latest.current;
    const shrunk = viewport < lastViewport.current;
    lastViewport.current = viewport;
    if (shrunk && row !== null && row < now.rows) settle(placeAt(now, topShowing(now, place.current.top, row)), true);
  }, [viewport, settle]);

  useImperativeHandle(handle, () => ({
    showRow: (row) => settle(placeAt(latest.current.extent, topShowing(latest.current.extent, place.current.top, row)), true),
    scrollToTop: () => settle(placeAt(latest.current.extent, 0), true),
    scrollToEnd: () => settle(placeAt(latest.current.extent, Number.MAX_SAFE_INTEGER), true),
    rowsInSight: () => Math.max(1, Math.floor(latest.current.extent.viewport / rowHeight)),
    firstInSight: () => Math.ceil(place.current.top / rowHeight),
    element: () => scroller.current,
  }));

  const { first, end } = visibleRows(extent, drawn.row * rowHeight, drawn.margin);
  const rows: ReactNode[] = [];
  for (let row = first; row < end; row += 1) {
    rows.push(<Fragment key={row}>{renderRow(row, row * rowHeight - drawn.shift)}</Fragment>);
  }
  return (
    <div
      {...rest}
      ref={scroller}
      onScroll={(event) => {
        settle(moved(extent, place.current, event.currentTarget.scrollTop), true);
        clearTimeout(idle.current);
        idle.current = setTimeout(() => settle(placeAt(latest.current.extent, place.current.top), false), IDLE_MILLIS);
      }}
    >
      {header}
      <div role="presentation" className="virtual-area" style={{ height: physicalHeight(extent), width: contentWidth }}>
        {rows}
      </div>
    </div>
  );
}
