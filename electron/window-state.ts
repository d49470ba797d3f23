import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where a window was, in screen coordinates. */
export interface WindowState {
  x: number;
  y: number;
  width: number;
  height: number;
  maximized: boolean;
}

/** The part of a screen that windows may use. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const DEFAULT = { width: 1_320, height: 860 };
const SMALLEST = { width: 640, height: 400 };
/** Of a window's upper edge, so much must be on a screen that a mouse can take hold of it. */
const GRIP = { width: 120, height: 40 };

/** The state to open a window with: the stored one where it still fits what screens there are, else one in the middle of the first. */
export function fittingState(stored: WindowState | null, areas: readonly Area[]): WindowState {
  const first = areas[0] ?? { x: 0, y: 0, ...DEFAULT };
  const screen = stored === null ? undefined : areas.find((area) => hasGrip(stored, area));
  if (stored === null || screen === undefined) {
    const width = Math.min(DEFAULT.width, first.width);
    const height = Math.min(DEFAULT.height, first.height);
    const x = first.x + Math.round((first.width - width) / 2);
    const y = first.y + Math.round((first.height - height) / 2);
    return { x, y, width, height, maximized: stored?.maximized ?? false };
  }
  return {
    ...stored,
    width: Math.min(Math.max(stored.width, SMALLEST.width), Math.max(screen.width, SMALLEST.width)),
    height: Math.min(Math.max(stored.height, SMALLEST.height), Math.max(screen.height, SMALLEST.height)),
  };
}

function hasGrip(state: WindowState, area: Area): boolean {
  const across = Math.min(state.x + state.width, area.x + area.width) - Math.max(state.x, area.x);
  const down = area.y + area.height - state.y;
  return across >= GRIP.width && down >= GRIP.height && state.y >= area.y;
}

/** What was written, or null when there is nothing, or nothing that makes sense. */
export function readWindowState(path: string): WindowState | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    // The first start, or a file that was cut off: the window opens where a new one would.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { x, y, width, height, maximized } = value as Partial<Record<keyof WindowState, unknown>>;
  if (!isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height)) return null;
  return { x, y, width, height, maximized: maximized === true };
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Written aside and renamed, so that a crash leaves the old state or the new one. */
export function writeWindowState(path: string, state: WindowState): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(state)}\n`);
  renameSync(`${path}.new`, path);
}
