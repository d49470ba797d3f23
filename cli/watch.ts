import type { Status } from '../proxy-core/api/contract.ts';
import { SidetapError } from '../proxy-core/errors.ts';
import { limits } from '../proxy-core/limits.ts';
import type { Container } from '../proxy-core/rrpair/containers.ts';
import type { ContainerCapture } from './container-capture.ts';
import { ContainerNews, isCaptured } from './container-text.ts';
import type { Host } from './host.ts';
import { remark } from './output.ts';
import { printable } from './text.ts';

/** What one command captures, as far as it got. */
export interface Session {
  /** When the capture of an application on this machine began; null while there is none. */
  proxySince: string | null;
  containers: ContainerCapture | null;
  /** All that was asked for is on: from now on it may go off. */
  ready: boolean;
  /** We switch it off ourselves. */
  ending: boolean;
}

/**
 * Says on stderr what the user has to know meanwhile. Resolves when the engine ended, and unless we outlive it, when everything that the
 * command captures was switched off.
 */
export async function watch(host: Host, session: Session, outlives: boolean): Promise<void> {
  const told = new Set<string>();
  const news = session.containers === null ? null : new ContainerNews(session.containers.concerns);
  let containers: Container[] = [];
  let off: NodeJS.Timeout | null = null;
  try {
    for await (const { status } of await host.client.live()) {
      for (const { id, level, text } of status.notices) {
        if (level === 'info' || told.has(`${id} ${text}`)) continue;
        told.add(`${id} ${text}`);
        remark(`sidetap: ${printable(text)}`);
      }
      if (!session.ready && session.containers?.startsImage === true) sayStep(status.docker.doing, told);
      if (news !== null) {
        containers = await host.client.containers.list();
        if (!session.ending) for (const line of news.tell(containers)) remark(`sidetap: ${line}`);
      }
      if (!session.ready || session.ending) continue;
      const isOn = proxyIsOn(status, session, outlives) || someAreOn(containers, session);
      if (!isOn && !outlives) return;
      if (isOn) {
        clearTimeout(off ?? undefined);
        off = null;
      } else off ??= setTimeout(sayThatItIsOff, limits.switchedOffMillis, session).unref();
    }
  } catch (error) {
    if (!(error instanceof SidetapError)) throw error;
    // The connection to the engine has ended, and with it the capture that it ran.
  } finally {
    clearTimeout(off ?? undefined);
  }
}

/** Of a download that tells every percent, every tenth is enough for lines. */
function sayStep(step: string, told: Set<string>): void {
  const text = step.replace(/\d(?= %$)/, '0');
  if (text === '' || told.has(text)) return;
  told.add(text);
  remark(`sidetap: ${printable(text)}`);
}

function sayThatItIsOff({ ending }: Session): void {
  if (!ending) remark('sidetap: Capture was switched off in the window, where it can be switched on again. Ctrl-C ends Sidetap.');
}

/** Where we outlive it, a capture that somebody has started anew is as good as ours. */
function proxyIsOn({ capture }: Status, { proxySince }: Session, outlives: boolean): boolean {
  return proxySince !== null && capture.state !== 'off' && (outlives || capture.startedAt === proxySince);
}

/** One that failed says so; it may be switched on again, so it does not end the command. */
function someAreOn(list: readonly Container[], { containers }: Session): boolean {
  return list.some(
    (container) =>
      containers?.names.has(container.name) === true && (isCaptured(container) || container.capture.state === 'failed'),
  );
}
