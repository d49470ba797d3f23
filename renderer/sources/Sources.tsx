import { BadgeCheck, CircleHelp, Route } from 'lucide-react';
import type { Status } from '../../proxy-core/api/contract.ts';
import { useEngine } from '../api/engine.ts';
import { Containers } from '../containers/Containers.tsx';
import { formatBytes, formatCount } from '../design/format.ts';
import { Logo } from '../design/Logo.tsx';
import { showHelp } from '../help/store.ts';
import { Sessions } from '../snapshots/Sessions.tsx';
import { Snapshots } from '../snapshots/Snapshots.tsx';
import { DemoSource } from './DemoSource.tsx';
import { LaunchSource } from './LaunchSource.tsx';
import { LocalSource } from './LocalSource.tsx';
import './sources.css';

/** What is captured, and how to get traffic here. */
export function Sources() {
  const status = useEngine((state) => state.status);
  const link = useEngine((state) => state.link);
  return (
    <div className="sources">
      <header className="brand">
        <Logo />
        <h1>Sidetap</h1>
      </header>
      <div className="sources-body">
        <h2 className="sources-title">Sources</h2>
        <LocalSource />
        <LaunchSource />
        <DemoSource />
        <Containers />
        <Snapshots />
        <Sessions />
      </div>
      <nav className="sources-set-up" aria-label="Set up">
        <ul className="sources-links">
          <li>
            <button type="button" className="nav-button" onClick={() => showHelp('route')}>
              <Route size={15} aria-hidden /> Route traffic here
            </button>
          </li>
          <li>
            <button type="button" className="nav-button" onClick={() => showHelp('trust')}>
              <BadgeCheck size={15} aria-hidden /> Trust the certificate
            </button>
          </li>
          <li>
            <button type="button" className="nav-button" onClick={() => showHelp('doctor')}>
              <CircleHelp size={15} aria-hidden /> Why do I see nothing?
            </button>
          </li>
        </ul>
      </nav>
      <footer className="sources-foot">
        <span className={`link-dot link-${link}`} aria-hidden />
        <span className="truncate">
          {link === 'open' && status !== null ? storedText(status.store) : link === 'connecting' ? 'Connecting…' : 'Not connected'}
        </span>
        {status !== null && <span className="muted">{status.version}</span>}
      </footer>
    </div>
  );
}

function storedText({ pairs, unlisted, bytes }: Status['store']): string {
  const coming = unlisted === 0 ? '' : ` · ${formatCount(unlisted)} still to be listed`;
  return `${formatCount(pairs)} stored · ${formatBytes(bytes)}${coming}`;
}
