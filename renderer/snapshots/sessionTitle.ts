import type { Session } from '../../proxy-core/rrpair/transfers.ts';

/** When it began, in the user's zone. */
export function sessionTitle({ startedAt, current }: Pick<Session, 'startedAt' | 'current'>, now: Date = new Date()): string {
  if (current) return 'This session';
  const began = new Date(startedAt);
  if (Number.isNaN(began.getTime())) return 'Earlier';
  const clock = began.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  if (began.toDateString() === now.toDateString()) return `Today, ${clock}`;
  const year = began.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return `${began.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year })}, ${clock}`;
}
