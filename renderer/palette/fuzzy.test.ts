import { describe, expect, it } from 'vitest';
import { fuzzy } from './fuzzy.ts';
import { keyLabel, keyOf } from './keyNames.ts';

const ranked = (typed: string, texts: readonly string[]): string[] =>
  texts
    .flatMap((text) => {
      const match = fuzzy(typed, text);
      return match === null ? [] : [{ text, score: match.score }];
    })
    .toSorted((a, b) => b.score - a.score)
    .map(({ text }) => text);

const press = (key: string, more: Partial<KeyboardEvent> = {}): string =>
  keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

describe('fuzzy', () => {
  it('finds what holds all characters in their order, and nothing else', () => {
    expect(fuzzy('cpcurl', 'Copy as curl')?.at).toEqual([0, 2, 8, 9, 10, 11]);
    expect(fuzzy('curlcopy', 'Copy as curl')).toBeNull();
    expect(fuzzy('', 'anything')).toEqual({ score: 0, at: [] });
  });

  it('puts whole words before beginnings of words, and these before characters anywhere', () => {
    expect(ranked('pin', ['Shipping costs', 'Play it nicely', 'Pin or unpin the pair'])).toEqual([
      'Pin or unpin the pair',
      'Play it nicely',
      'Shipping costs',
    ]);
  });

  it('prefers the shorter of two that answer equally well', () => {
    expect(ranked('export', ['Export as HAR with secrets', 'Export as HAR'])[0]).toBe('Export as HAR');
  });

  it('keeps positions right where letters change their length', () => {
    expect(fuzzy('stan', 'İstanbul')).toEqual({ score: 1, at: [] });
  });
});

describe('keys', () => {
  it('are named alike on every system', () => {
    expect(press('k', { ctrlKey: true })).toBe('Mod+k');
    expect(press('K', { metaKey: true })).toBe('Mod+k');
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press(' ')).toBe('Space');
    expect(press('k', { altKey: true })).toBe('');
    expect(press('k', { ctrlKey: true, shiftKey: true })).toBe('');
  });

  it('are labelled as they stand on the keyboard', () => {
    expect(keyLabel('Mod+k', false)).toBe('Ctrl K');
    expect(keyLabel('Mod+k', true)).toBe('⌘ K');
    expect(keyLabel('Escape', false)).toBe('Esc');
  });
});
