import { messageOf } from '../errors.ts';
import type { Check } from '../rrpair/results.ts';
import { type CertificateAuthority, openCertificateAuthority } from '../tls/authority.ts';
import type { TrustFiles } from '../tls/runtime-variables.ts';
import { writeTrustFiles } from '../tls/trust-store.ts';
import { check, type Finding, failed, ok, skipped } from './check.ts';
import { type ContainerParts, checkContainers, isCaptured } from './containers.ts';
import { checkHttp3 } from './http3.ts';
import { type Address, checkApp, checkInbound, checkOutbound, checkPastInbound, type Recorded } from './listeners.ts';
import { checkLoopback, checkRuntimes } from './runtimes.ts';
import { checkShellRouting, checkShellTrust } from './shell.ts';
import { checkAuthority, checkDataDir, checkDisk } from './storage.ts';

export type DoctorParts = {
  readonly dataDir: string;
  /** What is captured, null while nothing is. A `CaptureStatus` fits. */
  readonly capture: { readonly inbound: Address | null; readonly outbound: Address | null; readonly app: string | null } | null;
  /** The environment of the shell that asks; null when it is a window that asks, whose environment says nothing about the application's. */
  readonly env: NodeJS.ProcessEnv | null;
  /** Tells when a probe was recorded; null where nobody can. */
  readonly recorded: Recorded | null;
  /** Docker, and what is captured in it; null where nobody can look. */
  readonly docker: ContainerParts | null;
  /** The CA, where it is open already. */
  readonly authority?: CertificateAuthority;
  readonly platform?: NodeJS.Platform;
};

/**
 * Answers "why do I see nothing": every step from the application to the stored pair is really taken, each by itself, and each that fails
 * says what to do. Takes a few seconds; leaves nothing behind, not even when it is stopped half-way.
 */
export async function* runDoctor(parts: DoctorParts): AsyncGenerator<Check> {
  const { dataDir, capture, recorded } = parts;
  const platform = parts.platform ?? process.platform;
  yield await check('data-dir', 'Data directory', async () => checkDataDir(dataDir, platform));
  yield await check('disk', 'Disk space', async () => checkDisk(dataDir));

  yield await check('capture', 'Capture is on', () => captureFinding(parts));
  yield* checkListeners(capture, recorded);
  if (parts.docker !== null) yield* checkContainers(parts.docker);

  const found = await openFiles(parts);
  if ('problem' in found) {
    yield { id: 'ca', title: 'CA', ...failed(found.problem) };
    return;
  }
  const { authority, trust } = found;
  yield await check('ca', 'CA', async () => checkAuthority(dataDir, authority, platform));
  yield* checkRuntimes(authority, trust, parts.env ?? process.env, platform);
  yield* checkLoopback(parts.env ?? process.env);
  yield await check('http3', 'Nothing goes past by HTTP/3', async () => checkHttp3());
  const outbound = capture?.outbound ?? null;
  yield await check('shell-routing', "This shell's proxy variables", async () =>
    checkShellRouting(parts.env, outbound, trust, platform),
  );
  yield await check('shell-trust', "This shell's trust variables", () => checkShellTrust(parts.env, outbound, trust, platform));
}

async function* checkListeners(capture: DoctorParts['capture'], recorded: Recorded | null): AsyncGenerator<Check> {
  if (capture === null) return;
  const { app, inbound, outbound } = capture;
  const appCheck = await check('app', 'The application listens', async () => checkApp(app));
  yield appCheck;
  yield await check('inbound', 'A request through the inbound listener', async () => {
    if (inbound === null || app === null) return skipped('No application was given, so there is no inbound listener.');
    if (appCheck.outcome !== 'ok') return skipped('The application does not listen, so no request can pass.');
    return checkInbound(inbound, app, recorded);
  });
  if (inbound !== null && app !== null)
    yield await check('past-inbound', 'Nobody calls the application past Sidetap', async () => checkPastInbound(app, inbound));
  yield await check('outbound', 'A request through the outbound listener', async () =>
    outbound === null ? skipped('There is no outbound listener.') : checkOutbound(outbound, recorded),
  );
}

async function openFiles(
  parts: DoctorParts,
): Promise<{ authority: CertificateAuthority; trust: TrustFiles } | { problem: string }> {
  try {
    const authority = parts.authority ?? (await openCertificateAuthority(parts.dataDir));
    return { authority, trust: await writeTrustFiles(parts.dataDir, authority, parts.env ?? process.env) };
  } catch (error) {
    return { problem: messageOf(error) }; // a SidetapError that says what to do
  }
}

function captureFinding({ capture, docker }: DoctorParts): Finding {
  const containers = docker?.containers.filter(isCaptured).map(({ name }) => `container ${name}`) ?? [];
  if (capture === null && containers.length === 0) {
    return failed(
      'Nothing is captured now; run "sidetap start capture --port PORT" with the port of your application, or "sidetap start capture --container NAME".',
    );
  }
  const places = Object.entries({ inbound: capture?.inbound ?? null, outbound: capture?.outbound ?? null });
  const listeners = places.flatMap(([name, place]) => (place === null ? [] : [`${name} at ${place.host}:${place.port}`]));
  return ok(`${[...listeners, ...containers].join(', ')}.`);
}
