import { X } from 'lucide-react';
import { useAnnouncement } from './announce.ts';
import { dismissToast, useToasts } from './toasts.ts';

/** The messages at the edge of the window, and the region from which a screen reader reads what happens. */
export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  const { text, turn } = useAnnouncement();
  return (
    <>
      <div role="status" aria-live="polite" className="sr-only">
        {/* A changing key makes the same text be read again. */}
        <span key={turn}>{text}</span>
      </div>
      <section aria-label="Messages" className="toasts">
        {toasts.map((entry) => (
          <div key={entry.id} className={`toast toast-${entry.tone}`}>
            <span className="toast-text">{entry.text}</span>
            {entry.progress !== undefined && (
              <progress className="progress" aria-label={entry.text} max={1} value={entry.progress ?? undefined} />
            )}
            {entry.action !== undefined && (
              <button
                type="button"
                className="toast-action"
                onClick={() => {
                  entry.action?.run();
                  dismissToast(entry.id);
                }}
              >
                {entry.action.label}
              </button>
            )}
            {entry.progress === undefined && (
              <button
                type="button"
                className="icon-button icon-button-small"
                aria-label="Dismiss"
                onClick={() => dismissToast(entry.id)}
              >
                <X size={13} />
              </button>
            )}
          </div>
        ))}
      </section>
    </>
  );
}
