import { useEngine } from '../api/engine.ts';
import { Code } from '../design/Code.tsx';
import { SetupLines } from './SetupLines.tsx';

/** How to get the application's traffic to pass through here. */
export function RouteHelp() {
  const inbound = useEngine((state) => state.status?.capture.inbound ?? null);
  return (
    <>
      <section className="help-part">
        <h3>Calls that your app makes</h3>
        <p className="soft">They pass through the outbound port when the app is told to use it as its proxy.</p>
        <SetupLines show="both" />
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
