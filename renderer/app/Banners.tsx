import { CircleAlert, Info, TriangleAlert, Unplug, X } from 'lucide-react';
import { useState } from 'react';
import { useEngine } from '../api/engine.ts';
import { IconButton } from '../design/Button.tsx';
import { visible } from '../design/visible.ts';
import { showHelp } from '../help/store.ts';

const ICONS = { info: Info, warning: TriangleAlert, error: CircleAlert } as const;

/** What the user has to know right now: no connection, and what the engine noticed. */
export function Banners() {
  const link = useEngine((state) => state.link);
  const status = useEngine((state) => state.status);
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const notices = (status?.notices ?? []).filter((notice) => !dismissed.has(`${notice.id} ${notice.at}`));
  return (
    <div className="banners">
      {link === 'lost' && (
        <div role="alert" className="banner banner-error">
          <Unplug size={15} aria-hidden />
          <p>The connection to Sidetap’s engine is lost. Trying again; what was captured stays stored.</p>
        </div>
      )}
      {link === 'refused' && (
        <div role="alert" className="banner banner-error">
          <Unplug size={15} aria-hidden />
          <p>
            This address carries no valid token. Run <code>sidetap inspect</code> in a terminal: it opens this window with the right
            one.
          </p>
        </div>
      )}
      {notices.map((notice) => {
        const Icon = ICONS[notice.level];
        return (
          <div key={notice.id} role="status" className={`banner banner-${notice.level}`}>
            <Icon size={15} aria-hidden />
            <p className="captured">{visible(notice.text)}</p>
            {/certificate|trust/i.test(notice.text) && (
              <button type="button" className="link-button" onClick={() => showHelp('trust')}>
                How to trust it
              </button>
            )}
            <IconButton
              label="Dismiss notice"
              className="icon-button-small"
              onClick={() => setDismissed(new Set([...dismissed, `${notice.id} ${notice.at}`]))}
            >
              <X size={13} />
            </IconButton>
          </div>
        );
      })}
    </div>
  );
}
