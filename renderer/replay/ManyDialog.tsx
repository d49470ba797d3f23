import { useState } from 'react';
import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { plural } from '../design/format.ts';
import { Segmented } from '../design/Segmented.tsx';
import { visible } from '../design/visible.ts';
import { ManyResults } from './ManyResults.tsx';
import { cancelMany, closeMany, type ManyForm, type ManyOf, runMany, useMany, usualForm } from './many.ts';
import './many.css';

function describe(of: ManyOf): string {
  if (of.kind === 'picked') return `${plural(of.ids.length, 'pair')} that you picked.`;
  return of.filter === ''
    ? `All ${plural(of.total, 'pair')} in the list.`
    : `${plural(of.total, 'pair')} that match ${visible(of.filter)}.`;
}

/** Sends many pairs again and says in what the answers differ. */
export function ManyDialog() {
  const { of, running, progress, problem } = useMany();
  const [form, setForm] = useState<ManyForm>(usualForm);
  if (of === null) return null;
  const put = (change: Partial<ManyForm>): void => setForm({ ...form, ...change });
  return (
    <Dialog open onClose={closeMany} title="Replay many" description={describe(of)}>
      <form
        className="many"
        aria-label="Replay many"
        onSubmit={(event) => {
          event.preventDefault();
          void runMany(form);
        }}
      >
        <fieldset className="many-fields" disabled={running}>
          <Choice label="Pace">
            <Segmented
              label="Pace"
              value={form.pace}
              options={[
                { value: 'fast', label: 'As fast as answered' },
                { value: 'recorded', label: 'As recorded' },
                { value: 'rate', label: 'A number a second' },
              ]}
              onChange={(pace) => put({ pace })}
            />
          </Choice>
          <Choice label="Order">
            <Segmented
              label="Order"
              value={form.order}
              options={[
                { value: 'recorded', label: 'As recorded' },
                { value: 'list', label: of.kind === 'picked' ? 'As picked' : 'Newest first' },
              ]}
              onChange={(order) => put({ order })}
            />
          </Choice>
          <div className="many-numbers">
            {form.pace === 'rate' && <Field label="Requests a second" value={form.rate} onChange={(rate) => put({ rate })} />}
            <Field label="Times" value={form.times} onChange={(times) => put({ times })} />
            <Field label="At once" value={form.concurrency} onChange={(concurrency) => put({ concurrency })} />
          </div>
          <Field
            label="Other target (empty: where each went)"
            placeholder="http://localhost:3001"
            value={form.to}
            onChange={(to) => put({ to })}
          />
        </fieldset>
        {progress !== null && <ManyResults progress={progress} />}
        {problem !== '' && (
          <p role="alert" className="tone-bad captured">
            {problem}
          </p>
        )}
        <div className="dialog-buttons">
          {running ? (
            <Button onClick={cancelMany}>Stop sending</Button>
          ) : (
            <>
              <Button onClick={closeMany}>{progress === null ? 'Cancel' : 'Close'}</Button>
              <Button type="submit" tone="primary">
                {progress === null ? 'Replay' : 'Replay again'}
              </Button>
            </>
          )}
        </div>
      </form>
    </Dialog>
  );
}

function Choice({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="many-choice">
      <span aria-hidden>{label}</span>
      {children}
    </div>
  );
}

interface FieldProps {
  label: string;
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
}

function Field({ label, value, placeholder, onChange }: FieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type="text"
        className="input"
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
