import { describe, expect, it } from 'vitest';
import { defaultSettings, settingsSchema } from '../../proxy-core/rrpair/settings.ts';
import { limitSettings, numberOf, numberText, portSettings } from './numbers.ts';

describe.each([...portSettings, ...limitSettings])('$label', (setting) => {
  const accepted = (value: number): boolean => settingsSchema.safeParse(setting.set(defaultSettings, value)).success;

  it('has the same bounds in the field and in the engine', () => {
    expect(accepted(setting.min * setting.factor)).toBe(true);
    expect(accepted(setting.max * setting.factor)).toBe(true);
    expect(accepted(setting.min * setting.factor - 1)).toBe(false);
    expect(accepted(setting.max * setting.factor + 1)).toBe(false);
  });

  it('reads what it shows', () => {
    expect(numberOf(setting, numberText(setting, defaultSettings))).toBe(setting.get(defaultSettings));
  });

  it('says in a sentence what it cannot be', () => {
    for (const typed of ['', 'many', '-1', String(setting.max + 1)]) {
      expect(numberOf(setting, typed)).toMatch(new RegExp(`^${setting.label} is a number from .*\\.$`));
    }
  });
});
