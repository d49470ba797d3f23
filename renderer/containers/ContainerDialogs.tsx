import { Dialog } from '../design/Dialog.tsx';
import { visible } from '../design/visible.ts';
import { KeyPanel } from './KeyPanel.tsx';
import { closeDialog, useContainers } from './store.ts';
import { TlsPanel } from './TlsPanel.tsx';

/** What is shown over the window about one container. */
export function ContainerDialogs() {
  const dialog = useContainers((state) => state.dialog);
  const container = useContainers((state) => state.list?.find(({ name }) => name === state.dialog?.name));
  const name = visible(dialog?.name ?? '');
  const key = dialog?.kind === 'key';
  return (
    <Dialog
      open={dialog !== null}
      onClose={closeDialog}
      title={key ? `Key pair of ${name}` : `TLS of ${name}`}
      description={
        key
          ? 'With the certificate and key that the application itself serves TLS with, Sidetap reads the calls it receives. They are used for nothing else.'
          : undefined
      }
      wide={!key}
    >
      {container === undefined ? (
        dialog !== null && <p className="soft">This container is not there just now.</p>
      ) : key ? (
        <KeyPanel key={container.name} container={container} />
      ) : (
        <TlsPanel key={container.name} container={container} />
      )}
    </Dialog>
  );
}
