import { Download } from 'lucide-react';
import type { MessageSide, PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { saveFile } from '../../app/saveFile.ts';
import { IconButton } from '../../design/Button.tsx';

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'text/html': 'html.txt',
  'text/css': 'css',
  'text/plain': 'txt',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

interface SaveBodyProps {
  detail: PairDetail;
  side: MessageSide;
  bytes: Uint8Array<ArrayBuffer>;
  mediaType: string;
}

export function SaveBody({ detail, side, bytes, mediaType }: SaveBodyProps) {
  const name = `pair-${detail.id}-${side}.${EXTENSIONS[mediaType] ?? 'bin'}`;
  return (
    <IconButton
      label="Save body"
      className="icon-button-small"
      // Never the captured type: a browser must not take the download for a page.
      onClick={() => void saveFile(name, [bytes], 'application/octet-stream')}
    >
      <Download size={13} />
    </IconButton>
  );
}
