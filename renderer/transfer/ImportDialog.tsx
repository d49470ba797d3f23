import { FolderOpen, X } from 'lucide-react';
import { useState } from 'react';
import type { Imported } from '../../proxy-core/rrpair/transfers.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { FileButton } from '../design/FileButton.tsx';
import { formatBytes, formatCount, plural } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { applyFilter } from '../filter/actions.ts';
import { termText } from '../filter/terms.ts';
import { loadSnapshots, openSnapshot } from '../snapshots/store.ts';
import { importChosen } from './importing.ts';
import { Progress } from './Progress.tsx';
import { closeTransfer, follow, useTransfer } from './store.ts';

function pathsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Reads HAR, RRPair and .sidetap files and folders into the store, or into a snapshot. */
export function ImportDialog({ paths, dropped }: { paths: readonly string[]; dropped: readonly File[] }) {
  const { progress, imported } = useTransfer();
  const [text, setText] = useState(paths.join('\n'));
  const [files, setFiles] = useState(dropped);
  const [snapshot, setSnapshot] = useState('');
  const chosen = pathsOf(text);

  const run = async (): Promise<void> => {
    const name = snapshot.trim();
    await follow((signal) => importChosen({ paths: chosen, files, snapshot: name }, signal));
    if (name !== '') await loadSnapshots();
  };
  return (
    <Dialog open onClose={closeTransfer} title="Import" description="HAR, RRPair and .sidetap files, and folders of them.">
      <form
        className="transfer"
        aria-label="Import"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <FileButton
          label="Files to import"
          icon={<FolderOpen size={14} />}
          multiple
          onFiles={(more) => setFiles([...files, ...more])}
          onPaths={(more) => setText([...chosen, ...more].join('\n'))}
        >
          Choose files…
        </FileButton>
        {files.length > 0 && (
          <ul className="transfer-files" aria-label="Chosen files">
            {files.map((file) => (
              <li key={`${file.name} ${file.size} ${file.lastModified}`}>
                <span className="captured truncate">{visible(file.name)}</span>
                <span className="muted">{formatBytes(file.size)}</span>
                <IconButton
                  label={`Leave out ${visible(file.name)}`}
                  className="icon-button-small"
                  onClick={() => setFiles(files.filter((other) => other !== file))}
                >
                  <X size={13} />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        <label className="field">
          <span>{files.length > 0 ? 'And paths on this machine, one a line' : 'Or paths on this machine, one a line'}</span>
          <textarea
            className="input mono transfer-paths"
            required={files.length === 0}
            rows={files.length === 0 ? 3 : 1}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <label className="field">
          <span>Into a snapshot of this name (empty: beside the traffic)</span>
          <input className="input" maxLength={200} value={snapshot} onChange={(event) => setSnapshot(event.target.value)} />
        </label>
        <Progress label="Importing" />
        {imported !== null && <Result imported={imported} />}
        <div className="dialog-buttons">
          <Button onClick={closeTransfer}>{imported === null ? 'Cancel' : 'Close'}</Button>
          <Button
            type="submit"
            tone={imported === null ? 'primary' : 'plain'}
            disabled={progress !== null || chosen.length + files.length === 0}
          >
            Import
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Result({ imported }: { imported: Imported }) {
  const { pairs, files, source, snapshot, problems, problemCount } = imported;
  const show = (): void => {
    closeTransfer();
    if (snapshot === null) void applyFilter(termText({ field: 'source', value: source, label: source }, false));
    else openSnapshot(snapshot);
  };
  return (
    <section aria-label="Imported" className="transfer">
      <p role="status" className={problemCount > 0 ? 'tone-warn' : 'tone-ok'}>
        {plural(pairs, 'pair')} from {plural(files, 'file')}
        {problemCount > 0 && `; ${formatCount(problemCount)} could not be read`}.{' '}
        {pairs > 0 && (
          <button type="button" className="link-button" onClick={show}>
            Show them
          </button>
        )}
      </p>
      {problems.length > 0 && (
        <ul className="transfer-problems" aria-label="Problems">
          {problems.map(({ file, place, problem }) => (
            <li key={`${file} ${place} ${problem}`} className="captured">
              <span className="muted">
                {visible(file)} {visible(place)}
              </span>{' '}
              {visible(problem)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
