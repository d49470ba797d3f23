import { useEngine } from '../api/engine.ts';
import { Switch } from '../design/Switch.tsx';
import { switchDemo, useSources } from './actions.ts';

/** A small shop with traffic of its own, to look around without an application. */
export function DemoSource() {
  const running = useEngine((state) => state.status?.demo ?? false);
  const connected = useEngine((state) => state.link === 'open');
  const busy = useSources((state) => state.busy);
  return (
    <section className="source" aria-label="Demo shop">
      <div className="source-head">
        <span className={`source-dot ${running ? 'source-dot-on' : ''}`} aria-hidden />
        <h3>Demo shop</h3>
        <Switch
          label="Run the demo shop"
          checked={running}
          busy={busy !== '' || !connected}
          onChange={(next) => void switchDemo(next)}
        />
      </div>
    </section>
  );
}
