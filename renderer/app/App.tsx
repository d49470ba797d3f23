import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect, useState } from 'react';
import { useEngine } from '../api/engine.ts';
import { ContainerDialogs } from '../containers/ContainerDialogs.tsx';
import { Splitter } from '../design/Splitter.tsx';
import { Toasts } from '../design/Toasts.tsx';
import { RevealDialog } from '../detail/copy/RevealDialog.tsx';
import { Help } from '../help/Help.tsx';
import { Silence } from '../help/Silence.tsx';
import { Palette } from '../palette/Palette.tsx';
import { PreferencesDialog } from '../preferences/PreferencesDialog.tsx';
import { SnapshotBar } from '../snapshots/SnapshotBar.tsx';
import { Sources } from '../sources/Sources.tsx';
import { Tour } from '../tour/Tour.tsx';
import { ActDialogs } from './ActDialogs.tsx';
import { Banners } from './Banners.tsx';
import { onWindowKey } from './keys.ts';
import { closeSourcesOver, NARROW, toggleSources, useSourcesOver } from './panel.ts';
import { setPreferences, usePreferences } from './preferences.ts';
import { TopBar } from './TopBar.tsx';
import { Workspace } from './Workspace.tsx';
import './app.css';

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
  const over = useSourcesOver((state) => state.over);
  const shown = narrow ? over : sourcesOpen;
  useEffect(() => {
    document.addEventListener('keydown', onWindowKey);
    return () => document.removeEventListener('keydown', onWindowKey);
  }, []);
  const capturing = useEngine((state) => state.status?.capture.state === 'on' || (state.status?.docker.capturing ?? 0) > 0);
  useEffect(() => {
    document.title = capturing ? 'Sidetap · capturing' : 'Sidetap';
  }, [capturing]);
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={450} closeDelay={0}>
        <div className="app">
          {shown && narrow && <div className="over-scrim" onClick={closeSourcesOver} />}
          {shown && (
            <aside
              aria-label="Sources"
              className={narrow ? 'app-sources app-sources-over' : 'app-sources'}
              style={{ width: sourcesWidth }}
              onKeyDown={(event) => {
                if (!narrow || event.key !== 'Escape') return;
                event.preventDefault();
                closeSourcesOver();
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
            {!shown && <h1 className="sr-only">Sidetap</h1>}
            <TopBar sourcesShown={shown} onToggleSources={toggleSources} />
            <Banners />
            <Silence />
            <SnapshotBar />
            <Workspace />
          </main>
        </div>
        <Help />
        <Palette />
        <PreferencesDialog />
        <ContainerDialogs />
        <ActDialogs />
        <RevealDialog />
        <Tour />
        <Toasts />
      </Tooltip.Provider>
    </CSPProvider>
  );
}
