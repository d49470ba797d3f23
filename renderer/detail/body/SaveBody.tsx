import { Download } from 'lucide-react';
import { saveFile } from '../../app/saveFile.ts';
import { IconButton } from '../../design/Button.tsx';

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/json': 'json',
  // A browser that opens it from the disk must not run it.
  'text/html': 'html.txt',
  'image/svg+xml': 'svg.txt',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/plain': 'txt',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'video/mp4': 'mp4',
  'application/zip': 'zip',
};

interface SaveBodyProps {
  /** With an ending where its sender named it so, else without. */
  name: string;
  blob: Blob;
  mediaType: string;
}

async function save(name: string, blob: Blob): Promise<void> {
  await saveFile(name, [new Uint8Array(await blob.arrayBuffer())], 'application/octet-stream');
}

export function SaveBody({ name, blob, mediaType }: SaveBodyProps) {
  const full = /\.\w{1,8}$/.test(name) ? name : `${name}.${EXTENSIONS[mediaType] ?? 'bin'}`;
  return (
    <IconButton
      label="Save body"
      className="icon-button-small"
      // Never the captured type: a browser must not take the download for a page.
      onClick={() => void save(full, blob)}
    >
      <Download size={13} />
    </IconButton>
  );
}
