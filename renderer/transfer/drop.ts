import { offerImport } from './store.ts';

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true;
}

/** Files dropped anywhere onto the window are offered for import, but for what takes files itself. */
export function startDrop(): void {
  window.addEventListener('dragover', (event) => {
    // Without this the browser would leave the window for the file.
    if (hasFiles(event)) event.preventDefault();
  });
  window.addEventListener('drop', (event) => {
    if (!hasFiles(event) || (event.target instanceof HTMLInputElement && event.target.type === 'file')) return;
    event.preventDefault();
    const files = [...(event.dataTransfer?.files ?? [])];
    const desktop = window.sidetapDesktop;
    const pathOf = (file: File): string => desktop?.pathOf(file) ?? '';
    offerImport(
      files.map(pathOf).filter((path) => path !== ''),
      files.filter((file) => pathOf(file) === ''),
    );
  });
}
