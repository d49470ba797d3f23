import type { Settings } from '../../proxy-core/rrpair/settings.ts';

const MIB = 1024 * 1024;

/** A setting that is a number, in the unit in which people think of it. */
export interface NumberSetting {
  label: string;
  /** What it is for, in a few words. */
  says: string;
  unit: string;
  /** In the unit. */
  min: number;
  max: number;
  /** What one of the unit is to the engine. */
  factor: number;
  get: (settings: Settings) => number;
  set: (settings: Settings, value: number) => Settings;
}

const limit = (name: keyof Settings['limits']): Pick<NumberSetting, 'get' | 'set'> => ({
  get: ({ limits }) => limits[name],
  set: (settings, value) => ({ ...settings, limits: { ...settings.limits, [name]: value } }),
});

const port = (name: 'in' | 'out'): Pick<NumberSetting, 'get' | 'set'> => ({
  get: ({ ports }) => ports[name],
  set: (settings, value) => ({ ...settings, ports: { ...settings.ports, [name]: value } }),
});

const PORT = { unit: '', min: 0, max: 65_535, factor: 1 };

export const portSettings: readonly NumberSetting[] = [
  { label: 'In port', says: 'Receives calls to the app; 0 takes a free one', ...PORT, ...port('in') },
  { label: 'Out port', says: 'Receives calls of the app; 0 takes a free one', ...PORT, ...port('out') },
];

export const limitSettings: readonly NumberSetting[] = [
  {
    label: 'Pairs kept',
    says: 'The oldest go first',
    unit: '',
    min: 1_000,
    max: 20_000_000,
    factor: 1,
    ...limit('pairs'),
  },
  { label: 'Space on disk', says: 'The oldest go first', unit: 'MB', min: 64, max: 1_048_576, factor: MIB, ...limit('bytes') },
  {
    label: 'Kept of each body',
    says: 'The rest passes through and is counted',
    unit: 'MB',
    min: 0,
    max: 256,
    factor: MIB,
    ...limit('bodyBytes'),
  },
];

/** What was typed as the engine counts it; a sentence when it cannot be that. */
export function numberOf({ label, unit, min, max, factor }: NumberSetting, typed: string): number | string {
  const text = typed.trim().replaceAll(/[ _,'’\u00A0\u202F]/g, '');
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  const whole = factor > 1 || Number.isInteger(value);
  if (whole && value >= min && value <= max) return Math.round(value * factor);
  const words = unit === '' ? '' : ` ${unit}`;
  return `${label} is a number from ${min.toLocaleString('en')} to ${max.toLocaleString('en')}${words}.`;
}

/** As it stands in the field. */
export function numberText({ factor, get }: NumberSetting, settings: Settings): string {
  return String(Math.round((get(settings) / factor) * 100) / 100);
}
