import { assertNever } from '../../proxy-core/errors.ts';
import type { Container, TrustMethod } from '../../proxy-core/rrpair/containers.ts';
import { plural } from '../design/format.ts';

export type ShownState = Container['capture']['state'];

/**
 * What to show of a container's capture: what the user asked for a moment ago, until the engine says the same. `wanted` is undefined when
 * nothing was asked for that is not settled.
 */
export function shownState({ capture, trust }: Pick<Container, 'capture' | 'trust'>, wanted: boolean | undefined): ShownState {
  // A twin takes over, or gives back: capture is off only until that is done.
  const state = capture.state === 'off' && trust.busy !== '' ? 'attaching' : capture.state;
  if (wanted === true && (state === 'off' || state === 'failed' || state === 'detaching')) return 'attaching';
  if (wanted === false && state !== 'off') return 'detaching';
  return state;
}

/** Whether the switch stands on. A capture that failed is not on: the switch tries again. */
export function isOn(state: ShownState): boolean {
  return state === 'on' || state === 'attaching' || state === 'waiting';
}

/** What is being done or waited for, in words; empty when nothing is. */
export function progressWords(
  { capture, trust, state }: Pick<Container, 'capture' | 'trust' | 'state'>,
  shown: ShownState,
): string {
  const step = trust.busy !== '' ? trust.busy : capture.state === shown ? capture.step : '';
  switch (shown) {
    case 'attaching':
      return step === '' ? 'Switching on' : step;
    case 'detaching':
      return step === '' ? 'Switching off' : step;
    case 'waiting':
      return state === 'paused' ? 'Paused: capture resumes with it' : 'Resumes when it runs again';
    default:
      return '';
  }
}

/** `8080, 9229 +2` */
export function portWords(ports: readonly number[], most = 2): string {
  const rest = ports.length - most;
  return `${ports.slice(0, most).join(', ')}${rest > 0 ? ` +${rest}` : ''}`;
}

/** `1.8/s`, `240/s`, `1.2k/s`; empty when nothing passes. */
export function rateWords(perSecond: number): string {
  if (perSecond < 0.05) return '';
  if (perSecond < 9.95) return `${perSecond.toFixed(1)}/s`;
  return perSecond < 999.5 ? `${perSecond.toFixed(0)}/s` : `${(perSecond / 1_000).toFixed(1)}k/s`;
}

export interface ShortTrust {
  tone: 'ok' | 'warn' | 'plain';
  text: string;
  /** What the button beside it says. */
  action: string;
}

/** The state of a container's TLS in a few words; null when there is nothing to say of it. */
export function trustWords({ trust }: Pick<Container, 'trust'>): ShortTrust | null {
  const { state, refused, applied, busy, error } = trust;
  if (busy !== '') return { tone: 'plain', text: busy, action: 'Show' };
  if (error !== '' && applied === null) return { tone: 'warn', text: 'TLS: the last change failed', action: 'Show' };
  const done = applied === null ? '' : APPLIED[applied];
  switch (state) {
    case 'untrusted':
      return { tone: 'warn', text: 'TLS not trusted', action: 'Fix' };
    case 'partly':
      return { tone: 'warn', text: `TLS to ${plural(refused.length, 'host')} not read`, action: 'Fix' };
    case 'trusted':
      return { tone: 'ok', text: `TLS is read${done}`, action: 'Show' };
    case 'unknown':
      return applied === null ? null : { tone: 'plain', text: `No TLS seen yet${done}`, action: 'Show' };
    default:
      return assertNever(state);
  }
}

const APPLIED: Readonly<Record<TrustMethod, string>> = {
  bundle: ', CA added',
  restart: ', CA added',
  twin: ', in a twin',
  image: '',
};
