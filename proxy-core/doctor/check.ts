import { messageOf, SidetapError } from '../errors.ts';
import type { Check } from '../rrpair/results.ts';

/** Programs that a finding names. */
export const NAMED = 3;

/** How a check ended: what was found and, unless ok, what to do. */
export type Finding = Pick<Check, 'outcome' | 'detail'>;

export function ok(detail: string): Finding {
  return { outcome: 'ok', detail };
}

export function warning(detail: string): Finding {
  return { outcome: 'warning', detail };
}

export function failed(detail: string): Finding {
  return { outcome: 'failed', detail };
}

/** Nothing could be checked, for a reason that is no fault. */
export function skipped(detail: string): Finding {
  return { outcome: 'skipped', detail };
}

/** Runs one check. What goes wrong in it is its finding: the checks after it still run. */
export async function check(id: string, title: string, find: () => Promise<Finding> | Finding): Promise<Check> {
  try {
    return { id, title, ...(await find()) };
  } catch (error) {
    const detail = error instanceof SidetapError ? error.message : `The check itself failed (${messageOf(error)}); run it again.`;
    return { id, title, outcome: 'failed', detail };
  }
}
