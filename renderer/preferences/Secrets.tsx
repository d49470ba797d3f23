import { Plus, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { Masking } from '../../proxy-core/rrpair/masking.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { visible } from '../design/visible.ts';
import { SettingRow, SwitchRow, TextRow } from './fields.tsx';
import { namesOf, type RuleKind, ruleKinds, ruleOf, ruleText } from './rules.ts';
import { changeMasking, changeSettings } from './settings.ts';

const KINDS = Object.keys(ruleKinds) as RuleKind[];

/** What is masked where pairs leave Sidetap. */
export function Secrets({ on, masking }: { on: boolean; masking: Masking }) {
  const { user, builtIn, problem } = masking;
  return (
    <>
      <SwitchRow
        label="Mask secrets"
        says="In everything that is copied or exported, unless you reveal them there"
        checked={on}
        save={(next) => changeSettings((before) => ({ ...before, masking: { on: next } }))}
      />
      {problem !== '' && <p className="tone-bad">{problem}</p>}
      <h3 className="settings-title">Your rules</h3>
      {user.rules.length > 0 && (
        <ul aria-label="Your rules">
          {user.rules.map((rule) => (
            <li key={rule.id}>
              <SettingRow label={ruleKinds[rule.kind].label} says={visible(ruleText(rule))}>
                <IconButton
                  label={`Remove ${visible(ruleText(rule))}`}
                  onClick={() =>
                    void changeMasking((before) => ({ ...before, rules: before.rules.filter(({ id }) => id !== rule.id) }))
                  }
                >
                  <Trash2 size={14} />
                </IconButton>
              </SettingRow>
            </li>
          ))}
        </ul>
      )}
      <AddRule masking={masking} />
      <TextRow
        label="Never a secret"
        says="Names that are left as they are, such as page_token; one per line"
        lines
        value={user.keep.join('\n')}
        save={(typed) => changeMasking((before) => ({ ...before, keep: namesOf(typed) }))}
      />
      <h3 className="settings-title">Rules of Sidetap</h3>
      {builtIn.map(({ id, title, names }) => (
        <SwitchRow
          key={id}
          label={title}
          says={names.slice(0, 6).join(', ') + (names.length > 6 ? ` and ${names.length - 6} more` : '')}
          checked={!user.off.includes(id)}
          save={(next) =>
            changeMasking((before) => ({
              ...before,
              off: next ? before.off.filter((entry) => entry !== id) : [...before.off, id],
            }))
          }
        />
      ))}
    </>
  );
}

function AddRule({ masking }: { masking: Masking }) {
  const id = useId();
  const [kind, setKind] = useState<RuleKind>('header');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const add = async (): Promise<void> => {
    const rule = ruleOf(
      kind,
      text,
      masking.user,
      masking.builtIn.map((entry) => entry.id),
    );
    const answer =
      typeof rule === 'string' ? rule : await changeMasking((before) => ({ ...before, rules: [...before.rules, rule] }));
    setProblem(answer);
    if (answer === '') setText('');
  };
  return (
    <form
      className="add-rule"
      aria-label="Add a rule"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <select
        className="input"
        aria-label="What the rule looks for"
        value={kind}
        onChange={(event) => setKind(KINDS.find((entry) => entry === event.target.value) ?? 'header')}
      >
        {KINDS.map((entry) => (
          <option key={entry} value={entry}>
            {ruleKinds[entry].label}
          </option>
        ))}
      </select>
      <input
        type="text"
        className="input"
        aria-label="What is masked"
        placeholder={ruleKinds[kind].example}
        spellCheck={false}
        autoComplete="off"
        value={text}
        aria-invalid={problem !== ''}
        aria-describedby={problem === '' ? undefined : id}
        onChange={(event) => {
          setText(event.target.value);
          setProblem('');
        }}
      />
      <Button type="submit" icon={<Plus size={14} />}>
        Add
      </Button>
      {problem !== '' && (
        <p role="alert" id={id} className="tone-bad">
          {problem}
        </p>
      )}
    </form>
  );
}
