import type { CaptureStatus } from '../../proxy-core/api/contract.ts';
import { resolveDataDir } from '../../proxy-core/data-dir.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { banner } from '../banner.ts';
import { openBrowser } from '../browser.ts';
import { runCommand } from '../child.ts';
import { outerEnvironment } from '../compile-cache.ts';
import { ContainerCapture } from '../container-capture.ts';
import { listensAt } from '../container-text.ts';
import { removeEnvironmentFiles, writeEnvironmentFiles } from '../environment-files.ts';
import type { Host } from '../host.ts';
import { joinOrStart, windowUrl } from '../host.ts';
import { exitCodes, onBrokenPipe, print, remark } from '../output.ts';
import type { CapturePlan, CaptureWishes } from '../plan.ts';
import { planOf } from '../plan.ts';
import { EndSignals, exitCodeOf } from '../signals.ts';
import { type Session, watch } from '../watch.ts';

export interface StartCaptureOptions extends CaptureWishes {
  dataDir?: string;
  json?: boolean;
  open: boolean;
}

/** What is on. */
interface Started {
  proxy: CaptureStatus | null;
  containers: Container[];
}

export async function startCapture(options: StartCaptureOptions): Promise<number> {
  const plan = planOf(options);
  const dataDir = resolveDataDir(options.dataDir);
  // From here on a signal ends things in order.
  const signals = new EndSignals();
  // Whoever read the banner may go away; capture must not.
  onBrokenPipe(() => {});
  const host = await joinOrStart(dataDir, { endsWithCapture: true });
  try {
    return await capture({ host, dataDir, plan, options, signals });
  } finally {
    await host.release();
  }
}

interface Circumstances {
  host: Host;
  dataDir: string;
  plan: CapturePlan;
  options: StartCaptureOptions;
  signals: EndSignals;
}

async function capture(circumstances: Circumstances): Promise<number> {
  const { host, dataDir, plan, options, signals } = circumstances;
  const inContainers = plan.image !== null || plan.containers.length + plan.projects.length > 0;
  const containers = inContainers ? new ContainerCapture(host.client, plan) : null;
  const session: Session = { proxySince: null, containers, ready: false, ending: false };
  // The window may switch capture off and on again; that ends us only where somebody else owns the engine, or a command lives by it.
  const outlives = host.own && plan.command.length === 0;
  const stopped = Promise.race([watch(host, session, outlives), host.ended]);
  try {
    const started = await Promise.race([start(host, plan, session), signals.first, stopped.then(engineGone)]);
    if (typeof started === 'string') return exitCodeOf(started);
    await announce(circumstances, started);
    session.ready = true;
    if (plan.command.length === 0) {
      await Promise.race([signals.first, stopped]);
      return exitCodes.done;
    }
    if (started.proxy === null) throw new Error('a command was planned without a proxy for it');
    const environment = await environmentUnderCapture(dataDir, started.proxy);
    // A terminal's Ctrl-C before the command is there reaches nobody but us.
    if (signals.asked !== null) return exitCodeOf(signals.asked);
    const command = await runCommand(plan.command, { environment, quietStdout: options.json === true });
    signals.onRepeat(command.pass);
    void signals.first.then(command.pass);
    // Without capture its proxy is gone, so the command cannot go on either.
    void stopped.then(() => command.pass('SIGTERM'));
    return await command.exit;
  } finally {
    session.ending = true;
    await stop(host, session);
    if (plan.proxy !== null) await removeEnvironmentFiles(dataDir);
  }
}

async function start(host: Host, plan: CapturePlan, session: Session): Promise<Started> {
  let proxy: CaptureStatus | null = null;
  if (plan.proxy !== null) {
    proxy = await host.client.capture.start(plan.proxy);
    session.proxySince = proxy.startedAt;
  }
  return { proxy, containers: (await session.containers?.start()) ?? [] };
}

function engineGone(): never {
  throw new SidetapError('engine-not-running', 'Sidetap has ended before capture was on. Start it again.');
}

async function stop(host: Host, session: Session): Promise<void> {
  // Our own engine undoes everything when it ends.
  if (session.containers !== null && !host.own) await session.containers.stop();
  if (session.proxySince === null) return;
  try {
    await host.client.capture.stop();
  } catch (error) {
    // Someone else was faster, or the engine is gone: it is off.
    if (!(error instanceof SidetapError)) throw error;
  }
}

async function announce({ host, dataDir, plan, options }: Circumstances, { proxy, containers }: Started): Promise<void> {
  if (options.json === true) {
    const { authorityPaths } = await import('../../proxy-core/tls/authority-files.ts');
    const ready = {
      event: 'ready',
      inbound: proxy?.inbound?.url ?? null,
      outbound: proxy?.outbound?.url ?? null,
      api: host.api.url,
      token: host.api.token,
      ca: authorityPaths(dataDir).caPath,
      ...(containers.length > 0 ? { containers: containers.map(readyFacts) } : {}),
      ...(plan.image === null ? {} : { listens: containers.flatMap(listensAt) }),
    };
    await print(`${JSON.stringify(ready)}\n`);
  } else {
    const files = proxy === null || plan.command.length > 0 ? null : await writeEnvironmentFiles(dataDir, host.client);
    const text = banner({ proxy, containers, window: windowUrl(host.api), files, command: plan.command, image: plan.image });
    // With a command stdout is the command's.
    if (plan.command.length > 0) remark(text);
    else await print(`${text}\n`);
  }
  if (options.open) openBrowser((await host.client.ticket()).url);
}

function readyFacts({ id, name, image, capture, trust }: Container): object {
  return { id, name, image, inPorts: capture.inPorts, outbound: capture.outbound, trust: trust.applied };
}

/** Our environment, and in it what sends a program's calls through the capture and makes it trust us. */
async function environmentUnderCapture(dataDir: string, status: CaptureStatus): Promise<NodeJS.ProcessEnv> {
  if (status.outbound === null) throw new Error('capture has no outbound listener');
  const { openCertificateAuthority } = await import('../../proxy-core/tls/authority.ts');
  const { writeTrustFiles } = await import('../../proxy-core/tls/trust-store.ts');
  const { runtimeVariables } = await import('../../proxy-core/tls/runtime-variables.ts');
  const trust = await writeTrustFiles(dataDir, await openCertificateAuthority(dataDir));
  const outer = outerEnvironment();
  const variables = runtimeVariables({ outbound: status.outbound, trust, current: outer, platform: process.platform });
  return { ...outer, ...variables };
}
