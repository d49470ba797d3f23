import type { PairQuery } from '../../proxy-core/rrpair/shapes.ts';
import { formatCount } from '../design/format.ts';
import { visible } from '../design/visible.ts';
import { inSnapshot } from '../list/snapshot.ts';
import { useList } from '../list/store.ts';

/** Which pairs something is done with. */
export type ScopeKind = 'picked' | 'filter' | 'all';

export interface ScopeSelection {
  ids?: number[];
  query?: PairQuery;
  snapshot?: string;
}

export function selectionOf(scope: ScopeKind, ids: readonly number[]): ScopeSelection {
  const { filter, noise, sort } = useList.getState();
  if (scope === 'picked') return { ids: [...ids], ...inSnapshot() };
  return scope === 'filter' ? { query: { filter, noise, sort }, ...inSnapshot() } : inSnapshot();
}

interface ScopeProps {
  value: ScopeKind;
  ids: readonly number[];
  disabled: boolean;
  onChange: (value: ScopeKind) => void;
}

/** The choice between what is picked, what the list shows, and everything. */
export function Scope({ value, ids, disabled, onChange }: ScopeProps) {
  const { filter, total } = useList();
  const kinds: { value: ScopeKind; label: string }[] = [
    ...(ids.length > 0 ? [{ value: 'picked' as const, label: `The ${formatCount(ids.length)} that are picked` }] : []),
    {
      value: 'filter',
      label:
        filter === '' ? `What the list shows (${formatCount(total)})` : `What matches ${visible(filter)} (${formatCount(total)})`,
    },
    { value: 'all', label: 'Everything, health checks and probes included' },
  ];
  return (
    <fieldset className="scope" disabled={disabled}>
      <legend>Pairs</legend>
      {kinds.map((kind) => (
        <label key={kind.value} className="check captured">
          <input type="radio" name="scope" checked={value === kind.value} onChange={() => onChange(kind.value)} />
          {kind.label}
        </label>
      ))}
    </fieldset>
  );
}
