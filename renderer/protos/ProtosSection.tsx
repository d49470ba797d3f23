import { FolderOpen, Plus, Radio, Trash2 } from 'lucide-react';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { ProtoSource } from '../../proxy-core/rrpair/protos.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { FileButton } from '../design/FileButton.tsx';
import { plural } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { SettingRow } from '../preferences/fields.tsx';
import { parseAddress } from './address.ts';
import { addProtos, loadProtos, reflectProtos, removeProtos, useProtos } from './store.ts';

/** Names for the fields of gRPC messages: where they came from, and ways to give more. */
export function ProtosSection() {
  const { sources, problem: unknown } = useProtos();
  const [said, setSaid] = useState('');
  const problem = said === '' ? unknown : said;
  useEffect(() => void loadProtos(), []);
  return (
    <>
      <p className="soft">
        Messages of gRPC are sent with numbers in place of names. Names hold at once, for what was captured before too.
      </p>
      <FilesForm say={setSaid} />
      <ServerForm say={setSaid} />
      {problem !== '' && (
        <p role="alert" className="tone-bad captured">
          {visible(problem)}
        </p>
      )}
      <h3 className="settings-title">Names come from</h3>
      {sources !== null && sources.length === 0 && <p className="soft">Nowhere yet.</p>}
      {sources !== null && sources.length > 0 && (
        <ul aria-label="Names come from">
          {sources.map((source) => (
            <li key={source.id}>
              <SettingRow label={visible(source.title)} says={factsOf(source)} problem={problemsOf(source)}>
                <IconButton
                  label={`Forget the names of ${visible(source.title)}`}
                  onClick={() => void removeProtos(source.id).then(setSaid)}
                >
                  <Trash2 size={14} />
                </IconButton>
              </SettingRow>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function factsOf({ kind, services, messages, methods }: ProtoSource): string {
  const what = `${plural(messages, 'message')}, ${plural(methods, 'method')}`;
  const of = services.length === 0 ? '' : `: ${services.slice(0, 4).map(visible).join(', ')}${services.length > 4 ? '…' : ''}`;
  return `${kind === 'server' ? 'Asked of the server; ' : ''}${what}${of}`;
}

function problemsOf({ problems, problemCount }: ProtoSource): string {
  const [first] = problems;
  if (first === undefined) return '';
  return `${visible(first)}${problemCount > 1 ? ` ${plural(problemCount - 1, 'more file')} could not be read.` : ''}`;
}

/** `say` is told what went wrong; nothing when all went well. */
interface FormProps {
  say: (problem: string) => void;
}

function FilesForm({ say }: FormProps) {
  const [path, setPath] = useState('');
  const busy = useProtos((state) => state.busy);
  return (
    <AddForm
      label="A folder of .proto files, one of them, or a descriptor set"
      name="Take names from files"
      placeholder="/home/me/shop/protos"
      value={path}
      onType={setPath}
      submit={async () => {
        if (busy || path.trim() === '') return;
        const problem = await addProtos([path.trim()], []);
        say(problem);
        if (problem === '') setPath('');
      }}
    >
      <Button type="submit" icon={<Plus size={14} />}>
        Add
      </Button>
      <FileButton
        label="Files with names"
        icon={<FolderOpen size={14} />}
        multiple
        onFiles={(files) => void addProtos([], files).then(say)}
        onPaths={(paths) => void addProtos(paths, []).then(say)}
      >
        Choose files…
      </FileButton>
    </AddForm>
  );
}

function ServerForm({ say }: FormProps) {
  const [address, setAddress] = useState('');
  const busy = useProtos((state) => state.busy);
  return (
    <AddForm
      label="A server that tells its own (reflection); https:// for TLS"
      name="Ask a server for names"
      placeholder="localhost:50051"
      value={address}
      onType={setAddress}
      submit={async () => {
        if (busy || address.trim() === '') return;
        const target = parseAddress(address);
        const problem = target === null ? 'That is no address of a server. Write it as host:port.' : await reflectProtos(target);
        say(problem);
        if (problem === '') setAddress('');
      }}
    >
      <Button type="submit" icon={<Radio size={14} />}>
        {busy ? 'Asking…' : 'Ask'}
      </Button>
    </AddForm>
  );
}

interface AddFormProps {
  label: string;
  name: string;
  placeholder: string;
  value: string;
  onType: (value: string) => void;
  submit: () => Promise<void>;
  children: ReactNode;
}

function AddForm({ label, name, placeholder, value, onType, submit, children }: AddFormProps) {
  const id = useId();
  return (
    <form
      className="add-names"
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label htmlFor={id}>{label}</label>
      <div>
        <input
          id={id}
          type="text"
          className="input"
          placeholder={placeholder}
          spellCheck={false}
          autoComplete="off"
          value={value}
          onChange={({ target }) => onType(target.value)}
        />
        {children}
      </div>
    </form>
  );
}
