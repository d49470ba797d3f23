import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { colours } from '../../proxy-core/rrpair/marks.ts';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

type Rgb = readonly [number, number, number];

function rgbOf(hex: string): Rgb {
  const digits = /^#([\da-f]{6})$/.exec(hex)?.[1];
  if (digits === undefined) throw new Error(`${hex} is no colour that this test can read`);
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** A token's colour in light (0) or dark (1). */
function token(name: string, theme: 0 | 1): Rgb {
  const value = new RegExp(`--${name}:\\s*([^;]+);`).exec(css)?.[1] ?? '';
  const both = /^light-dark\((#[\da-f]+),\s*(#[\da-f]+)\)$/.exec(value);
  return rgbOf(both?.[theme + 1] ?? value);
}

function luminance(rgb: Rgb): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((channel) => {
    const part = channel / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As WCAG 2 counts it, 1…21. */
function contrast(a: Rgb, b: Rgb): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const HUES = ['amber', 'blue', 'green', 'violet', 'rose', 'teal', 'grey'];
const GROUNDS = ['bg', 'bg-panel', 'bg-raised', 'bg-hover', 'bg-selected'];

/** Text and what it stands on: 4.5 to 1. */
const TEXTS: readonly (readonly [text: string, ground: string])[] = [
  ...['text', 'text-soft', 'text-faint', 'accent-text', 'ok', 'warn', 'bad'].flatMap((text) =>
    GROUNDS.map((ground) => [text, ground] as const),
  ),
  ...['text', 'text-soft'].flatMap((text) => ['bg-active', 'bg-sunken'].map((ground) => [text, ground] as const)),
  ...['ok', 'info', 'warn', 'bad'].map((tone) => [tone, `${tone}-soft`] as const),
  ...['ok', 'info', 'warn', 'bad'].map((tone) => ['text', `${tone}-soft`] as const),
  ...HUES.map((hue) => [`hue-${hue}`, `hue-${hue}-soft`] as const),
  ...['key', 'string', 'number', 'atom'].map((code) => [`code-${code}`, 'bg-code'] as const),
  ['text', 'code-mark'],
  ['accent-text', 'accent-soft'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
];

/** What is not text but has to be seen, and what is beside it: 3 to 1. */
const PARTS: readonly (readonly [part: string, ground: string])[] = ['focus', ...colours.map((colour) => `mark-${colour}`)].flatMap(
  (part) => GROUNDS.map((ground) => [part, ground] as const),
);

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the %s theme', (_name, theme) => {
  it.each(TEXTS)('lets %s be read on %s', (text, ground) => {
    expect(contrast(token(text, theme), token(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(PARTS)('lets %s be seen on %s', (part, ground) => {
    expect(contrast(token(part, theme), token(ground, theme))).toBeGreaterThanOrEqual(3);
  });
});
