import { useEffect } from 'react';
import type { Settings } from '../../proxy-core/rrpair/settings.ts';
import { Dialog } from '../design/Dialog.tsx';
import { Segmented } from '../design/Segmented.tsx';
import { ProtosSection } from '../protos/ProtosSection.tsx';
import { NumberRow, SettingRow, SwitchRow, TextRow } from './fields.tsx';
import { limitSettings, portSettings } from './numbers.ts';
import { namesOf } from './rules.ts';
import { Secrets } from './Secrets.tsx';
import { changeSettings, loadSettings } from './settings.ts';
import { type Section, useSettings } from './store.ts';
import './preferences.css';

const SECTIONS: readonly { value: Section; label: string }[] = [
  { value: 'general', label: 'General' },
  { value: 'capture', label: 'Capture' },
  { value: 'secrets', label: 'Secrets' },
  { value: 'names', label: 'gRPC names' },
];

const THEMES: readonly { value: Settings['theme']; label: string }[] = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

/** Every setting of Sidetap. Each is saved as soon as it is given, and can be undone. */
export function PreferencesDialog() {
  const { open, section, view, masking, problem, undo } = useSettings();
  useEffect(() => {
    if (open) void loadSettings();
  }, [open]);
  const trouble = problem === '' ? (view?.problem ?? '') : problem;
  return (
    <Dialog open={open} onClose={() => useSettings.setState({ open: false })} title="Preferences" wide>
      <div className="settings-head">
        <Segmented
          label="Section"
          value={section}
          options={SECTIONS}
          onChange={(next) => useSettings.setState({ section: next })}
        />
        <p role="status" className="soft">
          {undo !== null && (
            <>
              Saved.{' '}
              <button type="button" className="link-button" onClick={() => void undo()}>
                Undo
              </button>
            </>
          )}
        </p>
      </div>
      {trouble !== '' && <p className="tone-bad">{trouble}</p>}
      {view !== null && (
        <div className="settings">
          {section === 'general' && <General settings={view.settings} />}
          {section === 'capture' && <Capture settings={view.settings} />}
          {section === 'names' && <ProtosSection />}
          {section === 'secrets' && masking !== null && <Secrets on={view.settings.masking.on} masking={masking} />}
        </div>
      )}
    </Dialog>
  );
}

function changeNoise(change: Partial<Settings['noise']>): Promise<string> {
  return changeSettings((before) => ({ ...before, noise: { ...before.noise, ...change } }));
}

function General({ settings: { theme, noise, notifications } }: { settings: Settings }) {
  return (
    <>
      <SettingRow label="Theme">
        <Segmented
          label="Theme"
          value={theme}
          options={THEMES}
          onChange={(next) => void changeSettings((before) => ({ ...before, theme: next }))}
        />
      </SettingRow>
      <SwitchRow
        label="Notifications of the system"
        says="From the desktop app: traffic that is not recorded, a full disk, a certificate about to expire"
        checked={notifications.on}
        save={(on) => changeSettings((before) => ({ ...before, notifications: { on } }))}
      />
      <h3 className="settings-title">Noise</h3>
      <SwitchRow
        label="Hide noise"
        says="The list says how much is hidden, and shows it at a click"
        checked={noise.hidden}
        save={(hidden) => changeNoise({ hidden })}
      />
      <SwitchRow
        label="Health checks and probes are noise"
        says="As Sidetap recognises them"
        checked={!noise.off}
        save={(on) => changeNoise({ off: !on })}
      />
      <TextRow
        label="Paths that are noise"
        says="One per line; * stands for anything: /internal/*"
        lines
        value={noise.paths.join('\n')}
        save={(typed) => changeNoise({ paths: namesOf(typed) })}
      />
      <TextRow
        label="User agents that are noise"
        says="How they begin; one per line"
        lines
        value={noise.agents.join('\n')}
        save={(typed) => changeNoise({ agents: namesOf(typed) })}
      />
    </>
  );
}

function Capture({ settings: { ports } }: { settings: Settings }) {
  return (
    <>
      <p className="soft">Ports hold from the next start of capture on, limits at once.</p>
      {portSettings.map((setting) => (
        <NumberRow key={setting.label} setting={setting} />
      ))}
      <TextRow
        label="Listen on"
        says="127.0.0.1 keeps other machines out"
        value={ports.bind}
        save={(typed) => changeSettings((before) => ({ ...before, ports: { ...before.ports, bind: typed.trim() } }))}
      />
      <h3 className="settings-title">What is kept</h3>
      {limitSettings.map((setting) => (
        <NumberRow key={setting.label} setting={setting} />
      ))}
    </>
  );
}
