import { FileUp } from 'lucide-react';
import { useId, useState } from 'react';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { Button } from '../design/Button.tsx';
import { FileButton } from '../design/FileButton.tsx';
import { Sentence } from '../design/Sentence.tsx';
import { giveServerKey } from './actions.ts';
import { type PemParts, pemParts, pemProblem } from './pem.ts';
import { closeDialog, showDialog, useContainers } from './store.ts';

/** Larger files hold no key pair, bytes. */
const FILE_BYTES = 1_000_000;

/** The certificate and key with which an application serves TLS, pasted or from files. */
export function KeyPanel({ container: { name, trust } }: { container: Container }) {
  const [pem, setPem] = useState<PemParts>({ chainPem: '', keyPem: '' });
  const [busy, setBusy] = useState(false);
  const problem = useContainers((state) => state.tlsProblems.get(name));
  const faults = pemProblem(pem);
  const whole = pem.chainPem.trim() !== '' && pem.keyPem.trim() !== '' && faults.chain === '' && faults.key === '';

  /** Whatever holds both fills both fields. */
  const take = (field: keyof PemParts, text: string): void => {
    const parts = pemParts(text);
    if (parts.chainPem !== '' && parts.keyPem !== '') setPem(parts);
    else setPem((before) => ({ ...before, [field]: text }));
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    const { chainPem } = pemParts(pem.chainPem);
    const { keyPem } = pemParts(pem.keyPem);
    const taken = await giveServerKey(name, { chainPem, keyPem });
    setBusy(false);
    if (taken) closeDialog();
  };
  return (
    <form
      className="key-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (whole && !busy) void submit();
      }}
    >
      <PemField
        label="Certificate, with its chain"
        placeholder="-----BEGIN CERTIFICATE-----"
        value={pem.chainPem}
        fault={faults.chain}
        onText={(text) => take('chainPem', text)}
      />
      <PemField
        label="Private key"
        placeholder="-----BEGIN PRIVATE KEY-----"
        value={pem.keyPem}
        fault={faults.key}
        onText={(text) => take('keyPem', text)}
      />
      {problem !== undefined && (
        <p role="alert" className="container-problem captured">
          <Sentence text={problem} />
        </p>
      )}
      <div className="key-actions">
        <Button tone="primary" type="submit" disabled={!whole || busy}>
          {busy ? 'Checking…' : 'Use this key pair'}
        </Button>
        {trust.serverKey && (
          <Button disabled={busy} onClick={() => void giveServerKey(name, null)}>
            Forget the present one
          </Button>
        )}
        <Button tone="quiet" onClick={() => showDialog('tls', name)}>
          TLS and trust
        </Button>
      </div>
    </form>
  );
}

interface PemFieldProps {
  label: string;
  placeholder: string;
  value: string;
  fault: string;
  onText: (text: string) => void;
}

function PemField({ label, placeholder, value, fault, onText }: PemFieldProps) {
  const id = useId();
  const [tooLarge, setTooLarge] = useState(false);
  const read = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    setTooLarge(chosen.size > FILE_BYTES);
    if (chosen.size <= FILE_BYTES) onText(await chosen.text());
  };
  const said = tooLarge ? 'That file is too large to be a key pair.' : fault;
  return (
    <div className="pem-field">
      <div className="pem-head">
        <label htmlFor={id}>{label}</label>
        <FileButton
          label={`${label}, from a file`}
          tone="quiet"
          icon={<FileUp size={14} />}
          accept=".pem,.crt,.cer,.key,.txt"
          onFiles={([chosen]) => void read(chosen)}
        >
          From a file…
        </FileButton>
      </div>
      <textarea
        id={id}
        className="input pem-text mono"
        rows={5}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        value={value}
        aria-invalid={said !== ''}
        aria-describedby={said === '' ? undefined : `${id}-fault`}
        onChange={(event) => {
          setTooLarge(false);
          onText(event.target.value);
        }}
        onDrop={(event) => {
          if (event.dataTransfer.files.length === 0) return;
          event.preventDefault();
          void read(event.dataTransfer.files[0]);
        }}
      />
      {said !== '' && (
        <p id={`${id}-fault`} role="alert" className="tone-bad">
          {said}
        </p>
      )}
    </div>
  );
}
