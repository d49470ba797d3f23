import { useEffect, useState } from 'react';

interface ImageViewProps {
  bytes: Uint8Array<ArrayBuffer>;
  mediaType: string;
}

/** A picture, from memory only. In an `img` nothing of an SVG runs or loads. */
export function ImageView({ bytes, mediaType }: ImageViewProps) {
  const [url, setUrl] = useState('');
  const [size, setSize] = useState('');
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
    setUrl(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [bytes, mediaType]);
  if (broken) return <p className="pane-note">These bytes are not a picture that can be shown.</p>;
  return (
    <div className="image-view">
      {url !== '' && (
        <img
          src={url}
          alt="The body as a picture"
          onLoad={(event) => setSize(`${event.currentTarget.naturalWidth} × ${event.currentTarget.naturalHeight}`)}
          onError={() => setBroken(true)}
        />
      )}
      <p className="muted">{size}</p>
    </div>
  );
}
