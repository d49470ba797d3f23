import { isIP, type Socket } from 'node:net';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type AppTarget, appTargetUrl } from './app-target.ts';
import { CaptureContext, type CaptureOptions, type CaptureParts } from './context.ts';
import { drainAndClose, once } from './drain.ts';
import { createForwardFront } from './forward/front.ts';
import { forwardParts } from './forward-parts.ts';
import { type Listener, listen } from './listener.ts';
import { OutboundClient } from './outbound.ts';
import type { BoundAddress } from './own-addresses.ts';
import { captureReverse } from './reverse.ts';

export type { CaptureNotice, CaptureOptions, CaptureParts } from './context.ts';

export interface RunningCapture {
  /** Where the application's clients go; null without an application. */
  readonly inbound: BoundAddress | null;
  /** HTTP proxy and SOCKS. */
  readonly outbound: BoundAddress;
  /** Open connections of clients. */
  connections(): number;
  /**
   * Stops listening, gives open exchanges `drainMillis` to end, and closes what is left. Resolves when every socket is closed; what
   * was recorded is in the recorder, not flushed.
   */
  stop(): Promise<void>;
}

/**
 * Starts the listeners.
 *
 * @throws SidetapError `port-in-use`, `port-forbidden`, `address-not-local`, `proxy-loop`, `bad-usage`, `certificate-unusable`
 */
export async function startCapture(options: CaptureOptions, parts: CaptureParts): Promise<RunningCapture> {
  refuseOwnPorts(options);
  const context = new CaptureContext(options, parts);
  // An unusable CA is told now, and no connection has to wait for it to be read.
  void context.upstreamContext;
  const { app } = options;
  const front = createForwardFront(forwardParts(context));
  const listeners: Listener[] = [];
  const stop = (): Promise<void> =>
    drainAndClose(context, listeners, () => front.close(), options.drainMillis ?? limits.drainMillis);
  const failed = (error: Error): void => {
    const text = `Sidetap could not accept a connection: ${error.message}. If there are too many open files, raise the limit (\`ulimit -n\`).`;
    context.notify({ id: 'accept-failed', level: 'error', text });
  };
  try {
    let inbound: BoundAddress | null = null;
    if (app !== null) {
      const accept = (socket: Socket): void => captureReverse(context, app, socket);
      const listener = await listen({ host: options.bind, port: options.inPort, option: '--in-port', accept, failed });
      listeners.push(listener);
      context.listeners.push(listener.address);
      inbound = listener.address;
    }
    const accept = (socket: Socket): void => void new OutboundClient(context, front, socket);
    const listener = await listen({ host: options.bind, port: options.outPort, option: '--out-port', accept, failed });
    listeners.push(listener);
    context.listeners.push(listener.address);
    return {
      inbound,
      outbound: listener.address,
      connections: () => listeners.reduce((sum, one) => sum + one.clients.size, 0),
      stop: once(stop),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An application that is ourselves would be called for ever. Names that lead to ourselves are found when they are dialled. */
function refuseOwnPorts(options: CaptureOptions): void {
  const { app, bind } = options;
  if (app === null) return;
  if (options.inPort === options.outPort && options.inPort !== 0) {
    throw new SidetapError(
      'bad-usage',
      `--in-port and --out-port are both ${options.inPort}; choose another one for either of them.`,
    );
  }
  if (app.port === 0) return;
  const own = app.port === options.inPort ? '--in-port' : app.port === options.outPort ? '--out-port' : null;
  if (own === null || !mayBeHere(app, bind)) return;
  throw new SidetapError(
    'proxy-loop',
    `${appTargetUrl(app)} would be Sidetap itself. Let the application listen on another port, or choose another one for Sidetap with ${own}.`,
    { details: { port: app.port } },
  );
}

function mayBeHere(app: AppTarget, bind: string): boolean {
  if (/^(?:.+\.)?localhost\.?$/i.test(app.host)) return true;
  if (isIP(app.host) === 0) return false;
  return /^127\.|^::1$|^0\.0\.0\.0$|^::$/.test(app.host) || app.host === bind;
}
