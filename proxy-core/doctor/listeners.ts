import { randomBytes } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { loopbackCallers } from '../capture/port-holder.ts';
import { messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import { type Finding, failed, NAMED, ok, skipped, warning } from './check.ts';
import { startHttp } from './servers.ts';

/** Where a listener can be reached. */
export type Address = { readonly host: string; readonly port: number };

/**
 * Resolves true as soon as a pair whose location holds the marker is recorded, and false when that does not happen before the signal is
 * aborted.
 */
export type Recorded = (marker: string, signal: AbortSignal) => Promise<boolean>;

/** Where probes ask. Reserved for machines (RFC 8615), so an application is unlikely to do anything about it. */
export const probePath = '/.well-known/sidetap-doctor/';

/** Whether something accepts connections at an address; the reason when nothing does. */
export async function reachable(address: Address): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = net.connect({ ...address, timeout: limits.doctorConnectMillis });
    const end = (reason: string | null) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end(`no answer in ${limits.doctorConnectMillis / 1000} s`));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

/** Whether the application under capture listens. */
export async function checkApp(app: string | null): Promise<Finding> {
  if (app === null)
    return skipped('No application was given, so only outbound traffic is captured; name it with --port to see inbound traffic.');
  const address = addressOf(app);
  const reason = await reachable(address);
  if (reason !== null)
    return failed(`Nothing listens at ${app} (${reason}); start the application, or give its real port with --port.`);
  return ok(`The application listens at ${app}.`);
}

/** Whether programs of this machine call the application past the inbound listener. */
export async function checkPastInbound(app: string, inbound: Address): Promise<Finding> {
  const { host, port } = addressOf(app);
  const callers = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host) ? await loopbackCallers(port, inbound.port) : null;
  if (callers === null) return skipped('This system does not tell who is connected to the application.');
  if (callers.length === 0) return ok('No other program of this machine is connected to the application.');
  const names =
    callers.length > NAMED
      ? `${callers.slice(0, NAMED).join(', ')} and ${String(callers.length - NAMED)} more`
      : callers.join(', ');
  return warning(
    `Connected to the application at ${app} past Sidetap: ${names}. Let them call http://${inbound.host}:${inbound.port} instead.`,
  );
}

/** Sends a request through the inbound listener to the application. Whatever the application answers is fine. */
export async function checkInbound(inbound: Address, app: string, recorded: Recorded | null): Promise<Finding> {
  const marker = randomBytes(8).toString('hex');
  const url = `http://${inbound.host}:${inbound.port}`;
  const answer = await get(inbound, probePath + marker, `${inbound.host}:${inbound.port}`);
  if (answer.kind === 'failed') {
    return failed(`${url} does not answer (${answer.reason}); stop capture and start it again, with another --in-port if need be.`);
  }
  if (answer.status === 502 || answer.status === 504)
    return failed(`${url} answers, but cannot reach the application at ${app}; start it.`);
  return seen(marker, `A request to ${url} reached the application`, recorded);
}

/** Sends a request through the outbound listener to a server of the doctor's own. */
export async function checkOutbound(outbound: Address, recorded: Recorded | null): Promise<Finding> {
  const marker = randomBytes(8).toString('hex');
  const echo = await startHttp(marker);
  const where = `${outbound.host}:${outbound.port}`;
  try {
    const authority = `127.0.0.1:${echo.port}`;
    const answer = await get(outbound, `http://${authority}${probePath}${marker}`, authority);
    if (answer.kind === 'failed') {
      return failed(
        `The proxy at ${where} does not answer (${answer.reason}); stop capture and start it again, with another --out-port if need be.`,
      );
    }
    if (answer.body !== marker) {
      return failed(
        `What answers at ${where} is not Sidetap's proxy (status ${answer.status}); start capture with another --out-port.`,
      );
    }
    return await seen(marker, `A request through ${where} reached its server`, recorded);
  } finally {
    await echo.close();
  }
}

async function seen(marker: string, passed: string, recorded: Recorded | null): Promise<Finding> {
  if (recorded === null) return ok(`${passed}.`);
  if (await recorded(marker, AbortSignal.timeout(limits.doctorProbeMillis))) return ok(`${passed} and was recorded.`);
  return failed(
    `${passed} but was not recorded; see the notices in the window or "sidetap start capture" for what the store reports.`,
  );
}

type Answer = { kind: 'answered'; status: number; body: string } | { kind: 'failed'; reason: string };

async function get(address: Address, target: string, host: string): Promise<Answer> {
  const signal = AbortSignal.timeout(limits.doctorProbeMillis);
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ kind: 'failed', reason: messageOf(error) });
    // An agent of its own: the shared one may be told by the environment to go through a proxy.
    const agent = new http.Agent();
    const request = http.get({ ...address, path: target, headers: { host }, agent, signal }, (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes <= limits.doctorClientBytes) parts.push(part);
      });
      response.on('end', () =>
        resolve({ kind: 'answered', status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }),
      );
      response.on('error', fail);
    });
    request.on('error', fail);
  });
}

function addressOf(app: string): Address {
  const url = new URL(app);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
}
