import { ExportDialog } from './ExportDialog.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { useTransfer } from './store.ts';
import './transfer.css';

export function TransferDialogs() {
  const dialog = useTransfer((state) => state.dialog);
  if (dialog === null) return null;
  return dialog.kind === 'export' ? (
    <ExportDialog ids={dialog.ids} />
  ) : (
    <ImportDialog
      key={[...dialog.paths, ...dialog.files.map(({ name }) => name)].join('\n')}
      paths={dialog.paths}
      dropped={dialog.files}
    />
  );
}
