import { FolderOpen } from 'lucide-react';
import { useState } from 'react';
import type { FileFormat } from '../../proxy-core/rrpair/transfers.ts';
import { engine, useEngine } from '../api/engine.ts';
import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { formatBytes, plural } from '../design/format.ts';
import { Segmented } from '../design/Segmented.tsx';
import { visible } from '../design/visible.ts';
import { useList } from '../list/store.ts';
import { Scope, type ScopeKind, selectionOf } from '../snapshots/Scope.tsx';
import { Masked, secretsOf, useMasked } from './Masked.tsx';
import { Progress } from './Progress.tsx';
import { lastFolder, pathIn, rememberFolder } from './places.ts';
import { closeTransfer, follow, useTransfer } from './store.ts';

const FORMATS: readonly { value: FileFormat; label: string; ending: string }[] = [
  { value: 'sidetap', label: '.sidetap', ending: '.sidetap' },
  { value: 'har', label: 'HAR', ending: '.har' },
  { value: 'rrpair', label: 'RRPair', ending: '-rrpairs' },
  { value: 'rrpair-json', label: 'RRPair JSON', ending: '-rrpairs' },
  { value: 'postman', label: 'Postman', ending: '.postman_collection.json' },
];

function fileName(format: FileFormat): string {
  const ending = FORMATS.find(({ value }) => value === format)?.ending ?? '';
  return `sidetap-${new Date().toLocaleString('sv').slice(0, 16).replace(' ', '-').replace(':', '')}${ending}`;
}

/** Writes pairs to a file on this machine, after showing what is masked in it. */
export function ExportDialog({ ids }: { ids: readonly number[] }) {
  const filter = useList((state) => state.filter);
  const dataDir = useEngine((state) => state.status?.dataDir ?? '');
  const { progress, written } = useTransfer();
  const [format, setFormat] = useState<FileFormat>('sidetap');
  const [scope, setScope] = useState<ScopeKind>(ids.length > 0 ? 'picked' : filter === '' ? 'all' : 'filter');
  const [path, setPath] = useState(() => pathIn(lastFolder(dataDir), fileName('sidetap')));
  const [reveal, setReveal] = useState(false);
  const preview = useMasked(scope, ids);
  const secrets = secretsOf(preview);
  const desktop = window.sidetapDesktop;

  const run = async (): Promise<void> => {
    rememberFolder(path);
    const input = { ...selectionOf(scope, ids), as: format, path: path.trim(), reveal };
    await follow((signal) => engine().export.file(input, { signal }));
  };
  const pick = async (): Promise<void> => {
    const chosen = await desktop?.choosePath(fileName(format));
    if (typeof chosen === 'string') setPath(chosen);
  };
  return (
    <Dialog open wide onClose={closeTransfer} title="Export">
      <form
        className="transfer"
        aria-label="Export"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <Segmented
          label="Form"
          value={format}
          options={FORMATS}
          onChange={(next) => {
            setFormat(next);
            setPath((before) => pathIn(before, fileName(next)));
          }}
        />
        <Scope value={scope} ids={ids} disabled={progress !== null} onChange={setScope} />
        <Masked preview={preview} />
        {secrets > 0 && (
          <label className={reveal ? 'check tone-bad' : 'check'}>
            <input type="checkbox" checked={reveal} onChange={(event) => setReveal(event.target.checked)} />
            Leave them in: whoever gets the file can use them
          </label>
        )}
        <div className="transfer-path">
          <label className="field">
            <span>{format.startsWith('rrpair') ? 'New folder on this machine' : 'File on this machine'}</span>
            <input
              className="input mono"
              required
              spellCheck={false}
              placeholder={fileName(format)}
              value={path}
              onChange={(event) => setPath(event.target.value)}
            />
          </label>
          {desktop !== undefined && (
            <Button icon={<FolderOpen size={14} />} onClick={() => void pick()}>
              Choose…
            </Button>
          )}
        </div>
        <Progress label="Exporting" />
        {written !== null && (
          <p role="status" className="tone-ok captured">
            {plural(written.pairs, 'pair')} written to {visible(written.path)} ({formatBytes(written.bytes)}).{' '}
            {written.masked > 0 && `${plural(written.masked, 'value')} masked. `}
            {written.left > 0 && `${plural(written.left, 'pair')} left out: the form cannot hold them.`}
          </p>
        )}
        <div className="dialog-buttons">
          <Button onClick={closeTransfer}>{written === null ? 'Cancel' : 'Close'}</Button>
          <Button type="submit" tone={reveal ? 'danger' : 'primary'} disabled={progress !== null || path.trim() === ''}>
            {reveal && secrets > 0 ? `Export with ${plural(secrets, 'secret')}` : 'Export'}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
