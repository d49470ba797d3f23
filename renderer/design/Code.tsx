import { CopyButton } from './CopyButton.tsx';
import { visibleKeepingTabs } from './visible.ts';

/** Characters that are laid out; the rest is only copied. */
const SHOWN_CHARS = 40_000;

interface CodeProps {
  text: string;
  /** What “Copy” calls it. */
  what: string;
}

/** Lines to be copied, most often into a terminal. */
export function Code({ text, what }: CodeProps) {
  const shown = text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}\n… ${text.length - SHOWN_CHARS} characters more` : text;
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <pre tabIndex={0} aria-label={what} className="code-text">
        {shown.split('\n').map(visibleKeepingTabs).join('\n')}
      </pre>
      <CopyButton text={text} what={what} className="code-copy" />
    </div>
  );
}
