import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fittingState, readWindowState, type WindowState, writeWindowState } from './window-state.ts';

const left = { x: 0, y: 0, width: 1_920, height: 1_040 };
const right = { x: 1_920, y: -200, width: 2_560, height: 1_400 };
const state: WindowState = { x: 2_000, y: 100, width: 1_000, height: 700, maximized: false };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetap-window-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a stored place is taken while its screen is there', () => {
  expect(fittingState(state, [left, right])).toEqual(state);
});

test('a window whose screen is gone opens in the middle of the first', () => {
  expect(fittingState(state, [left])).toEqual({ x: 300, y: 90, width: 1_320, height: 860, maximized: false });
});

test('a window whose title bar is out of reach counts as gone', () => {
  expect(fittingState({ ...state, x: 300, y: -50 }, [left]).y).toBe(90);
  expect(fittingState({ ...state, x: 1_900, y: 10 }, [left]).x).toBe(300);
  expect(fittingState({ ...state, x: -950, y: 10 }, [left]).x).toBe(300);
});

test('a window is never larger than its screen nor too small to use', () => {
  expect(fittingState({ ...state, x: 10, y: 10, width: 9_000, height: 5 }, [left])).toEqual({
    x: 10,
    y: 10,
    width: 1_920,
    height: 400,
    maximized: false,
  });
});

test('the first window fits a small screen', () => {
  expect(fittingState(null, [{ x: 0, y: 0, width: 1_024, height: 600 }])).toEqual({
    x: 0,
    y: 0,
    width: 1_024,
    height: 600,
    maximized: false,
  });
  expect(fittingState(null, [])).toMatchObject({ width: 1_320, height: 860 });
});

test('what is written is read again, and nonsense is not', () => {
  const path = join(folder, 'deep', 'window.json');
  expect(readWindowState(path)).toBeNull();
  writeWindowState(path, { ...state, maximized: true });
  expect(readWindowState(path)).toEqual({ ...state, maximized: true });
  for (const text of ['', '{', 'null', '[]', '{"x":1,"y":2,"width":"3","height":4}', '{"x":1e400,"y":0,"width":1,"height":1}']) {
    writeFileSync(path, text);
    expect(readWindowState(path)).toBeNull();
  }
});
