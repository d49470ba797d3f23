import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect, useState } from 'react';
import { useEngine } from '../api/engine.ts';
import { Splitter } from '../design/Splitter.tsx';
import { Toasts } from '../design/Toasts.tsx';
import { Help } from '../help/Help.tsx';
import { Sources } from '../sources/Sources.tsx';
import { Banners } from './Banners.tsx';
import { onWindowKey } from './keys.ts';
import { setPreferences, usePreferences } from './preferences.ts';
import { TopBar } from './TopBar.tsx';
import { Workspace } from './Workspace.tsx';
import './app.css';

/** Below this width the sources lie over the list instead of beside it. */
const NARROW = '(width < 900px)';

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const list = window.matchMedia(query);
    const onChange = (): void => setMatches(list.matches);
    list.addEventListener('change', onChange);
    return () => list.removeEventListener('change', onChange);
  }, [query]);
  return matches;
}

export function App() {
  const narrow = useMedia(NARROW);
  const { sourcesOpen, sourcesWidth } = usePreferences();
  const [over, setOver] = useState(false);
  const shown = narrow ? over : sourcesOpen;
  useEffect(() => {
    document.addEventListener('keydown', onWindowKey);
    return () => document.removeEventListener('keydown', onWindowKey);
  }, []);
  const capturing = useEngine((state) => state.status?.capture.state === 'on');
  useEffect(() => {
    document.title = capturing ? 'Sidetap · capturing' : 'Sidetap';
  }, [capturing]);
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={450} closeDelay={0}>
        <div className="app">
          {shown && narrow && <div className="over-scrim" onClick={() => setOver(false)} />}
          {shown && (
            <aside
              aria-label="Sources"
              className={narrow ? 'app-sources app-sources-over' : 'app-sources'}
              style={{ width: sourcesWidth }}
              onKeyDown={(event) => {
                if (!narrow || event.key !== 'Escape') return;
                event.preventDefault();
                setOver(false);
              }}
            >
              <Sources />
              {!narrow && (
                <Splitter
                  label="Width of the sources"
                  orientation="vertical"
                  value={sourcesWidth}
                  min={200}
                  max={420}
                  onChange={(width) => setPreferences({ sourcesWidth: width })}
                />
              )}
            </aside>
          )}
          <main className="app-main">
            <TopBar
              sourcesShown={shown}
              onToggleSources={() => (narrow ? setOver(!over) : setPreferences({ sourcesOpen: !sourcesOpen }))}
            />
            <Banners />
            <Workspace />
          </main>
        </div>
        <Help />
        <Toasts />
      </Tooltip.Provider>
    </CSPProvider>
  );
}
