import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './Button.tsx';
import { copyText } from './copy.ts';

const SHOWN_MILLIS = 1_400;

interface CopyButtonProps {
  /** What is copied, or how to get it. */
  text: string | (() => string | Promise<string | Blob>);
  /** What it is called in “Copy …” and in “… copied”. */
  what: string;
  className?: string;
}

export function CopyButton({ text, what, className = '' }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MILLIS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(typeof text === 'string' ? text : text(), what));
  };
  return (
    <IconButton
      label={`Copy ${what}`}
      className={`icon-button-small ${className}`}
      onClick={(event) => {
        event.stopPropagation();
        void copy();
      }}
    >
      {copied ? <Check size={13} className="tone-ok" /> : <Copy size={13} />}
    </IconButton>
  );
}
