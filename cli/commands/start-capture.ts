import type { CaptureStatus } from '../../proxy-core/api/contract.ts';
import { resolveDataDir } from '../../proxy-core/data-dir.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import { banner } from '../banner.ts';
import { openBrowser } from '../browser.ts';
import { runCommand } from '../child.ts';
import { outerEnvironment } from '../compile-cache.ts';
import { removeEnvironmentFiles, writeEnvironmentFiles } from '../environment-files.ts';
import type { Host } from '../host.ts';
import { joinOrStart, windowUrl } from '../host.ts';
import { exitCodes, onBrokenPipe, print, remark } from '../output.ts';
import { EndSignals, exitCodeOf } from '../signals.ts';
import { printable } from '../text.ts';

export interface StartCaptureOptions {
  /** PORT, HOST:PORT or a URL; without it only outbound traffic is captured. */
  app?: string;
  inPort?: number;
  outPort?: number;
  bind?: string;
  insecureUpstream?: boolean;
  extraCa?: string;
  dataDir?: string;
  json?: boolean;
  open: boolean;
  /** A command to start under capture, and its arguments. */
  command: readonly string[];
}

export async function startCapture(options: StartCaptureOptions): Promise<number> {
  const [first, ...others] = options.command;
  if (options.app === undefined && others.length === 0 && first !== undefined && /^\d{1,5}$/.test(first)) {
    throw new SidetapError(
      'bad-usage',
      `Write --port ${first} to capture the application on port ${first}; ${first} alone would be a command to start.`,
    );
  }
  const dataDir = resolveDataDir(options.dataDir);
  // From here on a signal ends things in order.
  const signals = new EndSignals();
  // Whoever read the banner may go away; capture must not.
  onBrokenPipe(() => {});
  const host = await joinOrStart(dataDir, { endsWithCapture: true });
  try {
    return await capture(host, dataDir, options, signals);
  } finally {
    await host.release();
  }
}

async function capture(host: Host, dataDir: string, options: StartCaptureOptions, signals: EndSignals): Promise<number> {
  const { app, inPort, outPort, bind, insecureUpstream, extraCa } = options;
  const status = await host.client.capture.start({ app, inPort, outPort, bind, insecureUpstream, extraCa });
  // The window may switch capture off and on again; that ends us only where somebody else owns the engine, or a command lives by it.
  const outlives = host.own && options.command.length === 0;
  const state = { ending: false };
  const stopped = Promise.race([watch(host, status, outlives, state), host.ended]);
  const stop = async (): Promise<void> => {
    state.ending = true;
    try {
      await host.client.capture.stop();
    } catch (error) {
      // Someone else was faster, or the engine is gone: it is off.
      if (!(error instanceof SidetapError)) throw error;
    }
  };
  try {
    await announce(host, dataDir, options, status);
    if (options.command.length === 0) {
      await Promise.race([signals.first, stopped]);
      return exitCodes.done;
    }
    const environment = await environmentUnderCapture(dataDir, status);
    // A terminal's Ctrl-C before the command is there reaches nobody but us.
    if (signals.asked !== null) return exitCodeOf(signals.asked);
    const command = await runCommand(options.command, { environment, quietStdout: options.json === true });
    signals.onRepeat(command.pass);
    void signals.first.then(command.pass);
    // Without capture its proxy is gone, so the command cannot go on either.
    void stopped.then(() => command.pass('SIGTERM'));
    return await command.exit;
  } finally {
    await stop();
    await removeEnvironmentFiles(dataDir);
  }
}

/**
 * Says on stderr what the user has to know meanwhile. Resolves when the engine ended, and unless we outlive it, when capture was switched off.
 */
async function watch(host: Host, since: CaptureStatus, outlives: boolean, state: { readonly ending: boolean }): Promise<void> {
  const told = new Set<string>();
  let wasOn = true;
  try {
    for await (const { status } of await host.client.live()) {
      for (const { id, level, text } of status.notices) {
        if (level === 'info' || told.has(`${id} ${text}`)) continue;
        told.add(`${id} ${text}`);
        remark(`sidetap: ${printable(text)}`);
      }
      if (!outlives && (status.capture.state === 'off' || status.capture.startedAt !== since.startedAt)) return;
      const isOn = status.capture.state !== 'off';
      if (wasOn && !isOn && !state.ending)
        remark('sidetap: Capture was switched off in the window, where it can be switched on again. Ctrl-C ends Sidetap.');
      wasOn = isOn;
    }
  } catch (error) {
    if (!(error instanceof SidetapError)) throw error;
    // The connection to the engine has ended, and with it the capture that it ran.
  }
}

async function announce(host: Host, dataDir: string, options: StartCaptureOptions, status: CaptureStatus): Promise<void> {
  if (options.json === true) {
    const { authorityPaths } = await import('../../proxy-core/tls/authority-files.ts');
    const ready = {
      event: 'ready',
      inbound: status.inbound?.url ?? null,
      outbound: status.outbound?.url ?? null,
      api: host.api.url,
      token: host.api.token,
      ca: authorityPaths(dataDir).caPath,
    };
    await print(`${JSON.stringify(ready)}\n`);
  } else {
    const files = options.command.length > 0 ? null : await writeEnvironmentFiles(dataDir, host.client);
    const text = banner({ status, window: windowUrl(host.api), files, command: options.command });
    // With a command stdout is the command's.
    if (options.command.length > 0) remark(text);
    else await print(`${text}\n`);
  }
  if (options.open) openBrowser((await host.client.ticket()).url);
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
