import { CircleAlert, Info, TriangleAlert, Unplug, X } from 'lucide-react';
import { useState } from 'react';
import { useEngine } from '../api/engine.ts';
import { showDialog, useContainers } from '../containers/store.ts';
import { IconButton } from '../design/Button.tsx';
import { plural } from '../design/format.ts';
import { Sentence } from '../design/Sentence.tsx';
import { showHelp } from '../help/store.ts';
import { containerOf, noticesInSight } from './notices.ts';

const ICONS = { info: Info, warning: TriangleAlert, error: CircleAlert } as const;

/** What the user has to know right now: no connection, and what the engine noticed. */
export function Banners() {
  const link = useEngine((state) => state.link);
  const status = useEngine((state) => state.status);
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const names = useContainers((state) => state.list)?.map(({ name }) => name) ?? [];
  const notices = (status?.notices ?? []).filter((notice) => !dismissed.has(`${notice.id} ${notice.at}`));
  const { shown, more } = noticesInSight(notices, all);
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
      {shown.map((notice) => {
        const Icon = ICONS[notice.level];
        const container = containerOf(notice, names);
        return (
          <div key={notice.id} role="status" className={`banner banner-${notice.level}`}>
            <Icon size={15} aria-hidden />
            <p className="captured">
              <Sentence text={notice.text} />
            </p>
            {/certificate|trust/i.test(notice.text) && (
              <button
                type="button"
                className="link-button"
                onClick={() => (container === undefined ? showHelp('trust') : showDialog('tls', container))}
              >
                {container === undefined ? 'How to trust it' : 'Fix'}
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
      {more > 0 && (
        <div className="banner banner-info banner-more">
          <button type="button" className="link-button" onClick={() => setAll(true)}>
            Show {plural(more, 'more notice')}
          </button>
        </div>
      )}
    </div>
  );
}
