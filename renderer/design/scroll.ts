/**
 * Scrolling through more rows than a browser can lay out. Browsers cap the height of an element (Firefox near 17.9 million pixels, Chromium near
 * 33.5), so a long list gets a shorter scroll area: small movements stay one to one, large ones (dragging the bar) are proportional, and the difference
 * is evened out while nobody moves.
 */

/** Pixels of scroll area at most, well below every browser's cap. */
export const MAX_PIXELS = 8_000_000;

export interface Extent {
  rows: number;
  rowHeight: number;
  /** Pixels of rows in sight. */
  viewport: number;
}

export interface Place {
  /** Pixels of rows above the viewport. */
  top: number;
  /** The scroll area's own position. */
  physical: number;
}

export function physicalHeight(extent: Extent): number {
  return Math.min(extent.rows * extent.rowHeight, MAX_PIXELS);
}

function lastTop(extent: Extent): number {
  return Math.max(0, extent.rows * extent.rowHeight - extent.viewport);
}

function lastPhysical(extent: Extent): number {
  return Math.max(0, physicalHeight(extent) - extent.viewport);
}

function isScaled(extent: Extent): boolean {
  return extent.rows * extent.rowHeight > MAX_PIXELS;
}

/** Pixels at either end that stay one to one, so that the first and the last rows are reached by small steps. */
function endZone(extent: Extent): number {
  return Math.min(extent.viewport * 4, lastPhysical(extent) / 4);
}

/** From 0…`from` to 0…`to`: one to one in the zones at both ends, in proportion between them. */
function stretch(value: number, from: number, to: number, zone: number): number {
  if (value <= zone) return value;
  if (value >= from - zone) return to - (from - value);
  return zone + ((value - zone) / (from - 2 * zone)) * (to - 2 * zone);
}

/** The place at which `top` pixels of rows are above the viewport. */
export function placeAt(extent: Extent, top: number): Place {
  const clamped = Math.min(Math.max(0, top), lastTop(extent));
  if (!isScaled(extent)) return { top: clamped, physical: clamped };
  return { top: clamped, physical: Math.round(stretch(clamped, lastTop(extent), lastPhysical(extent), endZone(extent))) };
}

/** Where the scroll area's own movement to `physical` leads. When the place's `physical` differs, it has to be written back. */
export function moved(extent: Extent, previous: Place, physical: number): Place {
  if (!isScaled(extent)) return { top: Math.max(0, physical), physical };
  const delta = physical - previous.physical;
  if (delta === 0) return previous;
  if (Math.abs(delta) > extent.viewport * 2) {
    return { top: stretch(physical, lastPhysical(extent), lastTop(extent), endZone(extent)), physical };
  }
  const top = Math.min(Math.max(0, previous.top + delta), lastTop(extent));
  const atEdge = physical <= 0 || physical >= lastPhysical(extent);
  const atEnd = top <= 0 || top >= lastTop(extent);
  return atEdge || atEnd ? placeAt(extent, top) : { top, physical };
}

/** The place for an extent that changed (rows came, the window was resized) while the rows in sight shall stay. */
export function kept(extent: Extent, previous: Place): Place {
  return placeAt(extent, previous.top);
}

/** Rows that are drawn beyond the edges. */
export interface Margin {
  above: number;
  below: number;
}

export const noMargin: Margin = { above: 0, below: 0 };

/** While nobody scrolls: enough for a turn of the wheel. */
export const restingMargin: Margin = { above: 4, below: 4 };

/** Rows that are drawn ahead of one who scrolls on, so that a fast flick shows no gap. */
const AHEAD = 12;

/** What to draw beyond the edges after a movement by so many rows. Whoever jumps waits for what is in sight, and for nothing else. */
export function marginFor(movement: number, rowsInSight: number): Margin {
  if (movement === 0 || Math.abs(movement) > rowsInSight) return restingMargin;
  return movement < 0 ? { ...restingMargin, above: AHEAD } : { ...restingMargin, below: AHEAD };
}

/** First and last (exclusive) row to draw. */
export function visibleRows(extent: Extent, top: number, margin: Margin): { first: number; end: number } {
  const first = Math.max(0, Math.floor(top / extent.rowHeight) - margin.above);
  const end = Math.min(extent.rows, Math.ceil((top + extent.viewport) / extent.rowHeight) + margin.below);
  return { first: Math.min(first, end), end };
}

/** The top that brings a row into sight with the least movement. */
export function topShowing(extent: Extent, top: number, row: number, margin = 0): number {
  const start = row * extent.rowHeight;
  const low = start + extent.rowHeight * (1 + margin) - extent.viewport;
  const high = start - extent.rowHeight * margin;
  if (top < low) return low;
  return top > high ? high : top;
}
