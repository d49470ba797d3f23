import { isIP } from 'node:net';
import { join } from 'node:path';
import { SidetapError } from '../errors.ts';
import { defaultSettings, type Settings, type SettingsView, settingsSchema } from '../rrpair/settings.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** The user's settings, kept in `settings.json`: only what differs from the defaults is written, so that those can get better. */
export class SettingsFile {
  readonly path: string;
  readonly #listeners = new Set<(settings: Settings) => void>();
  #settings: Settings;
  #problem: string;

  constructor(dataDir: string, { readOnly = false }: { readOnly?: boolean } = {}) {
    this.path = join(dataDir, 'settings.json');
    const { value, problem } = readJsonFile(this.path, settingsSchema, defaultSettings, {
      check: checkSettings,
      setAside: !readOnly,
    });
    this.#settings = value;
    this.#problem = problem;
  }

  get settings(): Settings {
    return this.#settings;
  }

  get problem(): string {
    return this.#problem;
  }

  show(): SettingsView {
    return { settings: this.#settings, defaults: defaultSettings, path: this.path, problem: this.#problem };
  }

  /** Called with the new settings after each change. */
  onChange(listener: (settings: Settings) => void): void {
    this.#listeners.add(listener);
  }

  /** Throws `settings-invalid`, `data-dir-unusable`. */
  save(settings: Settings): SettingsView {
    checkSettings(settings);
    writeJsonFile(this.path, differing(settings, defaultSettings));
    this.#settings = settings;
    this.#problem = '';
    for (const listener of this.#listeners) listener(settings);
    return this.show();
  }
}

function checkSettings({ ports }: Settings): void {
  if (ports.in !== 0 && ports.in === ports.out) {
    throw new SidetapError('settings-invalid', `Both ports are ${String(ports.in)}. Give calls in and calls out a port each.`);
  }
  if (isIP(ports.bind) === 0 && ports.bind !== 'localhost') {
    throw new SidetapError(
      'settings-invalid',
      `“${ports.bind}” is no address to listen on. Use 127.0.0.1 or another address of this machine.`,
    );
  }
}

/** The members that differ. */
function differing(value: object, other: object): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const standard = (other as Record<string, unknown>)[name];
    if (JSON.stringify(member) === JSON.stringify(standard)) continue;
    const nested =
      typeof member === 'object' && member !== null && !Array.isArray(member) && typeof standard === 'object' && standard !== null;
    result[name] = nested ? differing(member, standard) : member;
  }
  return result;
}
