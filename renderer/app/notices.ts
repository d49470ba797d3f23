import type { Notice } from '../../proxy-core/api/contract.ts';

/** Banners in sight before the rest is folded up: they must not push the list away. */
const MOST = 2;

const WEIGHT: Readonly<Record<Notice['level'], number>> = { error: 0, warning: 1, info: 2 };

/** What to show of the notices: the graver and newer first, the rest as a number. */
export function noticesInSight(notices: readonly Notice[], all: boolean): { shown: readonly Notice[]; more: number } {
  const sorted = notices.toSorted((a, b) => WEIGHT[a.level] - WEIGHT[b.level] || b.at.localeCompare(a.at));
  // A single one more takes no more room than saying so.
  if (all || sorted.length <= MOST + 1) return { shown: sorted, more: 0 };
  return { shown: sorted.slice(0, MOST), more: sorted.length - MOST };
}

/** The container that a notice speaks of: such notices begin with its name. */
export function containerOf(notice: Notice, names: readonly string[]): string | undefined {
  return names.find((name) => notice.text.startsWith(`${name}: `));
}
