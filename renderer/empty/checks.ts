import type { Status } from '../../proxy-core/api/contract.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { nameInProject } from '../containers/names.ts';
import { portWords } from '../containers/states.ts';
import { plural } from '../design/format.ts';

/** One line of what was looked at: true when it is in order. */
export type CheckLine = readonly [fine: boolean, text: string];

/** What is known to be in order while nothing arrives. Proxy mode is left out when containers are captured and it is off: it is not missed then. */
export function checkLines(status: Status | null, connected: boolean, containers: readonly Container[]): CheckLine[] {
  const engine: CheckLine = [connected, connected ? 'Sidetap’s engine is running' : 'Sidetap’s engine is not connected'];
  if (status === null) return [engine];
  const captured = containers.filter(({ capture }) => capture.state === 'on');
  const { inbound, outbound, app, connections } = status.capture;
  const open = captured.reduce((sum, { capture }) => sum + capture.connections, connections);
  const proxy: CheckLine[] =
    captured.length > 0 && outbound === null
      ? []
      : [
          inbound === null
            ? [false, 'No inbound port yet: capture is off, or no app was given']
            : [true, `Inbound port ${inbound.port} listens, for ${app ?? ''}`],
          outbound === null ? [false, 'No outbound port yet: capture is off'] : [true, `Outbound port ${outbound.port} listens`],
        ];
  return [
    engine,
    ...captured.map((container): CheckLine => {
      const { inPorts } = container.capture;
      const ports = inPorts.length === 0 ? 'it listens on no port yet' : `inbound on ${portWords(inPorts, 4)}`;
      return [true, `${nameInProject(container)} is captured: ${ports}`];
    }),
    ...proxy,
    open === 0 ? [false, 'No connection has come in'] : [true, plural(open, 'open connection')],
  ];
}
