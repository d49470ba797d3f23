import { useEngine } from '../api/engine.ts';
import { Code } from '../design/Code.tsx';
import { SetupLines, StartCommand } from './SetupLines.tsx';

/** How to get the application's traffic to pass through here. */
export function RouteHelp() {
  const inbound = useEngine((state) => state.status?.capture.inbound ?? null);
  const on = useEngine((state) => state.status?.capture.state === 'on');
  return (
    <>
      <section className="help-part">
        <h3>Calls that your app makes</h3>
        <p className="soft">They pass through the outbound port when the app is told to use it as its proxy.</p>
        {on ? (
          <SetupLines show="both" />
        ) : (
          <>
            <p className="soft">
              This command switches capture on and starts the app with everything set. Put your own in place of npm start.
            </p>
            <StartCommand />
          </>
        )}
      </section>
      <section className="help-part">
        <h3>Calls that your app receives</h3>
        {inbound === null ? (
          <p className="soft">Switch capture on with the port of your app. Then call the inbound port instead of the app’s own.</p>
        ) : (
          <>
            <p className="soft">Call the inbound port instead of the app’s own.</p>
            <Code text={`curl ${inbound.url}/`} what="curl command" />
          </>
        )}
      </section>
    </>
  );
}
