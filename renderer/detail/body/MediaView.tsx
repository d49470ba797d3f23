import { useEffect, useState } from 'react';
import { formatBytes } from '../../design/format.ts';
import { visible } from '../../design/visible.ts';
import { useAnswer } from './useWork.ts';
import type { BodyWorker } from './worker.ts';

interface MediaViewProps {
  worker: BodyWorker;
  blob: Blob;
  mediaType: string;
  kind: 'image' | 'media' | 'pdf';
}

const NAMES = { image: 'picture', media: 'recording', pdf: 'document' } as const;

/** A picture, or what a recording or document says of itself: those are not played or opened here. */
export function MediaView({ worker, blob, mediaType, kind }: MediaViewProps) {
  const { answer } = useAnswer(worker, { what: 'facts' });
  const [size, setSize] = useState('');
  const facts = answer ?? [];
  const shown: [string, string][] = [
    ...facts,
    ...(size === '' || facts.some(([name]) => name === 'Size') ? [] : [['Size', size] as [string, string]]),
    ['File size', formatBytes(blob.size)],
    ...(mediaType === '' ? [] : [['Sent as', mediaType] as [string, string]]),
  ];
  return (
    <div className={`media-view media-${kind}`}>
      {kind === 'image' && <Picture blob={blob} mediaType={mediaType} onSize={setSize} />}
      <dl className="media-facts" aria-label={`Facts about the ${NAMES[kind]}`}>
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt className="muted">{name}</dt>
            <dd className="captured">{visible(value)}</dd>
          </div>
        ))}
        {answer !== null && facts.length === 0 && kind !== 'image' && (
          <p className="muted">Its bytes say nothing else that is understood here. Save it to open it elsewhere.</p>
        )}
      </dl>
    </div>
  );
}

interface PictureProps {
  blob: Blob;
  mediaType: string;
  onSize: (size: string) => void;
}

/** From memory only. In an `img` nothing of an SVG runs or loads. */
function Picture({ blob, mediaType, onSize }: PictureProps) {
  const [url, setUrl] = useState('');
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(blob.slice(0, blob.size, mediaType.startsWith('image/') ? mediaType : ''));
    setUrl(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [blob, mediaType]);
  if (broken) return <p className="pane-note">These bytes are not a picture that can be shown.</p>;
  if (url === '') return null;
  return (
    <img
      src={url}
      alt="The body as a picture"
      onLoad={({ currentTarget }) => onSize(`${currentTarget.naturalWidth} × ${currentTarget.naturalHeight}`)}
      onError={() => setBroken(true)}
    />
  );
}
