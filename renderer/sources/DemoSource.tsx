import { useEngine } from '../api/engine.ts';
import { Switch } from '../design/Switch.tsx';
import { switchDemo, useSources } from './actions.ts';

/** A small shop with traffic of its own, to look around without an application. */
export function DemoSource() {
  const running = useEngine((state) => state.status?.demo ?? false);
  const connected = useEngine((state) => state.link === 'open');
  const capturing = useEngine((state) => state.status?.capture.state === 'on');
  const { busy, problem } = useSources();
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
      {problem?.of === 'demo' && (
        <div role="alert" className="source-problem">
          <p>{problem.sentence}</p>
          {capturing && !running && (
            <button type="button" className="link-button" onClick={() => void switchDemo(true, true)}>
              Stop it and start the demo
            </button>
          )}
        </div>
      )}
    </section>
  );
}
