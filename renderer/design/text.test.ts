import { describe, expect, it } from 'vitest';
import { formatBytes, formatClock, formatMs, latencyFraction, plural } from './format.ts';
import { statusText, statusTone } from './status.ts';
import { technologyHue } from './technology.ts';
import { visible, visibleKeepingTabs } from './visible.ts';

describe('visible', () => {
  it('shows what hides or reorders text', () => {
    expect(visible('gnp.\u202eexe')).toBe('gnp.⟨202E⟩exe');
    expect(visible('pay\u200bpal')).toBe('pay⟨200B⟩pal');
    expect(visible('a\u0000b\tc\u007f\u009b')).toBe('a⟨00⟩b⟨09⟩c⟨7F⟩⟨9B⟩');
    expect(visible('line\r\nline\u2028')).toBe('line␍⟨0A⟩line⟨2028⟩');
    expect(visible('x\u{e0041}y\u2066z')).toBe('x⟨E0041⟩y⟨2066⟩z');
    expect(visible('\ufeffbom\u00ad')).toBe('⟨FEFF⟩bom⟨AD⟩');
  });

  it('leaves everything else as it is', () => {
    const plain = 'café — “déjà vu” 日本語 עברית 🙂 <script>alert(1)</script> & "quotes"';
    expect(visible(plain)).toBe(plain);
    expect(visibleKeepingTabs('\tindented\u0007')).toBe('\tindented⟨07⟩');
  });
});

describe('numbers', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 KB'],
    [1_234, '1.2 KB'],
    [48_211, '48 KB'],
    [999_600, '1.0 MB'],
    [10_485_760, '10 MB'],
    [5e9, '5.0 GB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0.001, '0.00 ms'],
    [0.42, '0.42 ms'],
    [4.24, '4.2 ms'],
    [48.4, '48 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1_240, '1.24 s'],
    [125_000, '2 m 05 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it('puts latencies on a logarithmic scale', () => {
    expect(latencyFraction(10_000)).toBe(1);
    expect(latencyFraction(1e9)).toBe(1);
    expect(latencyFraction(0)).toBeGreaterThan(0);
    expect(latencyFraction(100) - latencyFraction(10)).toBeCloseTo(latencyFraction(10) - latencyFraction(1), 10);
  });

  it('counts in words', () => {
    expect([plural(1, 'pair'), plural(1_234, 'pair'), plural(2, 'health check or probe', 'health checks and probes')]).toEqual([
      '1 pair',
      '1,234 pairs',
      '2 health checks and probes',
    ]);
  });

  it('shows the day only of another day', () => {
    const noon = new Date(2026, 10, 20, 12, 4, 31, 482);
    expect(formatClock(noon.toISOString(), noon)).toBe('12:04:31.482');
    expect(formatClock(noon.toISOString(), new Date(2026, 10, 21))).toBe('11-20 12:04:31');
    expect(formatClock('no date')).toBe('');
  });
});

describe('status', () => {
  it.each([
    ['200', null, false, 'ok', '200'],
    ['304', null, false, 'info', '304'],
    ['422', null, false, 'warn', '422'],
    ['503', null, false, 'bad', '503'],
    ['', null, true, 'pending', 'pending'],
    ['upstream-refused', 'upstream-refused', false, 'bad', 'refused'],
    ['200', 'upstream-closed-early', false, 'bad', '200 cut off'],
    ['not-decoded', 'not-decoded', false, 'plain', 'not decoded'],
    ['', null, false, 'plain', '–'],
  ] as const)('shows %j with %j as %s', (status, error, open, tone, text) => {
    expect(statusTone(status, error, open)).toBe(tone);
    expect(statusText(status, error, open)).toBe(text);
  });
});

describe('technologyHue', () => {
  it('gives a technology the same colour every time, known or not', () => {
    expect(technologyHue('JSON')).toBe(technologyHue('json'));
    expect(technologyHue('Something new')).toBe(technologyHue('Something new'));
  });
});
