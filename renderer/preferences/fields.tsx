import { type ReactNode, useId, useState } from 'react';
import { Switch } from '../design/Switch.tsx';
import { type NumberSetting, numberOf, numberText } from './numbers.ts';
import { changeSettings } from './settings.ts';
import { useSettings } from './store.ts';

interface RowProps {
  label: string;
  says?: string;
  problem?: string;
  /** Id of the field, where the label is for one. */
  field?: string;
  children: ReactNode;
}

/** A setting: what it is, what it is for, and what went wrong with it. */
export function SettingRow({ label, says = '', problem = '', field, children }: RowProps) {
  return (
    <div className="setting">
      <div className="setting-words">
        {field === undefined ? <span>{label}</span> : <label htmlFor={field}>{label}</label>}
        {says !== '' && <p id={field === undefined ? undefined : `${field}-says`}>{says}</p>}
        {problem !== '' && (
          <p role="alert" className="tone-bad" id={field === undefined ? undefined : `${field}-problem`}>
            {problem}
          </p>
        )}
      </div>
      <div className="setting-field">{children}</div>
    </div>
  );
}

interface SwitchRowProps {
  label: string;
  says?: string;
  checked: boolean;
  save: (checked: boolean) => Promise<string>;
}

export function SwitchRow({ label, says, checked, save }: SwitchRowProps) {
  const [problem, setProblem] = useState('');
  return (
    <SettingRow label={label} says={says ?? ''} problem={problem}>
      <Switch label={label} checked={checked} onChange={(next) => void save(next).then(setProblem)} />
    </SettingRow>
  );
}

interface TextRowProps {
  label: string;
  says: string;
  unit?: string;
  /** As it is saved. */
  value: string;
  lines?: boolean;
  save: (typed: string) => Promise<string>;
}

/** A field that is saved when it is left or with Enter; Escape takes back what was typed. */
export function TextRow({ label, says, unit = '', value, lines = false, save }: TextRowProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const commit = async (): Promise<void> => {
    if (typed === null) return;
    const answer = await save(typed);
    setProblem(answer);
    // What is wrong stays in the field, to be put right.
    if (answer === '') setTyped(null);
  };
  const field = {
    id,
    className: 'input',
    spellCheck: false,
    autoComplete: 'off',
    value: typed ?? value,
    'aria-invalid': problem !== '',
    'aria-describedby': problem === '' ? `${id}-says` : `${id}-says ${id}-problem`,
    onChange: (event: { target: { value: string } }) => setTyped(event.target.value),
    onBlur: () => void commit(),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key === 'Enter' && !lines) void commit();
      else if (event.key === 'Escape' && typed !== null) {
        setTyped(null);
        setProblem('');
        event.stopPropagation();
      }
    },
  };
  return (
    <SettingRow label={label} says={says} problem={problem} field={id}>
      {lines ? <textarea rows={3} {...field} /> : <input type="text" {...field} />}
      {unit !== '' && <span className="soft">{unit}</span>}
    </SettingRow>
  );
}

export function NumberRow({ setting }: { setting: NumberSetting }) {
  const settings = useSettings((state) => state.view?.settings);
  if (settings === undefined) return null;
  return (
    <TextRow
      label={setting.label}
      says={setting.says}
      unit={setting.unit}
      value={numberText(setting, settings)}
      save={async (typed) => {
        const value = numberOf(setting, typed);
        return typeof value === 'string' ? value : changeSettings((before) => setting.set(before, value));
      }}
    />
  );
}
