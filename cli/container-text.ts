import { assertNever } from '../proxy-core/errors.ts';
import { containersMeant } from '../proxy-core/rrpair/container-reference.ts';
import type { Container } from '../proxy-core/rrpair/containers.ts';
import { count, printable } from './text.ts';

/** The container that a user means (`containersMeant`); null when there is none, or more than one. */
export function findContainer(list: readonly Container[], reference: string): Container | null {
  const [meant, ...others] = containersMeant(list, reference);
  return meant !== undefined && others.length === 0 ? meant : null;
}

/** Capture is on, or on its way there, or comes back by itself. */
export function isCaptured({ capture }: Container): boolean {
  return capture.state !== 'off' && capture.state !== 'failed';
}

/** Addresses of this machine under which a container answers. */
export function listensAt({ ports }: Container): string[] {
  const hosts = ports.flatMap(({ host, protocol }) => (host !== null && protocol === 'tcp' ? [host] : []));
  return [...new Set(hosts)].map((host) => `http://127.0.0.1:${host}`);
}

/** What is captured of it, e.g. `on 8080: in and out`. */
export function captureText({ capture, refusal }: Container): string {
  const ports = capture.inPorts.join(', ');
  switch (capture.state) {
    case 'on':
      return `on (${[ports === '' ? '' : `in on ${ports}`, capture.outbound ? 'out' : ''].filter(Boolean).join(', ') || 'nothing yet'})`;
    case 'off':
      return refusal === '' ? 'off' : 'cannot be captured';
    case 'attaching':
    case 'detaching':
    case 'waiting':
    case 'failed':
      return capture.state;
    default:
      return assertNever(capture.state);
  }
}

/** That connections from before the capture go on uncaptured; empty when there are none. */
export function earlierText({ capture: { earlier } }: Pick<Container, 'capture'>): string {
  if (earlier === 0) return '';
  if (earlier === 1) return 'One connection was open before; it goes on uncaptured until it is closed.';
  return `${count(earlier, 'connection')} were open before; they go on uncaptured until they are closed.`;
}

/** Whether it accepts our CA, and what was done for that. */
export function trustText({ trust }: Container): string {
  return trust.applied === null ? trust.state : `${trust.state} (${trust.applied})`;
}

/** What happened to containers between one look at them and the next, as sentences for the user. */
export class ContainerNews {
  readonly #concerns: (container: Container) => boolean;
  readonly #seen = new Map<string, Container>();
  /** Names of those that wait for their container to run again; capture takes a few steps until it is on. */
  readonly #waiting = new Set<string>();

  constructor(concerns: (container: Container) => boolean) {
    this.#concerns = concerns;
  }

  /** Sentences about what is new in this list. A container that is missing has been removed. */
  tell(list: readonly Container[]): string[] {
    const now = new Map(list.filter(this.#concerns).map((container) => [container.name, container]));
    const lines: string[] = [];
    for (const [name, container] of now) {
      const told = [...this.#comings(container), ...changes(this.#seen.get(name), container)];
      for (const line of told) lines.push(printable(`${name}: ${line}`));
      this.#seen.set(name, container);
    }
    for (const [name, gone] of this.#seen) {
      if (now.has(name)) continue;
      this.#seen.delete(name);
      if (isCaptured(gone) && gone.capture.state !== 'detaching') lines.push(printable(`${name}: The container was removed.`));
    }
    return lines;
  }

  #comings(container: Container): string[] {
    const { name, capture, state } = container;
    const stopped = capture.state === 'waiting' || (isCaptured(container) && (state === 'exited' || state === 'dead'));
    if (stopped) {
      if (this.#waiting.has(name)) return [];
      this.#waiting.add(name);
      return ['It has stopped; capture resumes when it runs again.'];
    }
    return capture.state === 'on' && this.#waiting.delete(name) ? ['It runs again and is captured.'] : [];
  }
}

function changes(before: Container | undefined, { capture, trust }: Container): string[] {
  const lines: string[] = [];
  const fresh = (text: string, old: string | undefined): void => {
    if (text !== '' && text !== old) lines.push(text);
  };
  fresh(capture.step, before?.capture.step);
  fresh(trust.busy, before?.trust.busy);
  fresh(capture.error, before?.capture.error);
  fresh(trust.error, before?.trust.error);
  // Once: how many are left is no news.
  if ((before?.capture.earlier ?? 0) === 0) fresh(earlierText({ capture }), undefined);
  if (before === undefined) return lines;
  if (capture.state === 'off' && isCaptured(before)) lines.push('Its capture was switched off.');
  if (trust.refused.length > 0 && before.trust.refused.length === 0 && capture.state === 'on') {
    const { destination } = trust.refused[0] ?? { destination: 'a server' };
    lines.push(
      `It does not trust Sidetap’s CA, so TLS to ${destination} passes unread. \`sidetap trust\` with --how bundle, restart or twin changes that.`,
    );
  }
  return lines;
}
