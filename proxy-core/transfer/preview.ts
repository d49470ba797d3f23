import { Masker } from '../redact/mask.ts';
import { maskRecord } from '../redact/record.ts';
import { builtInRules, REPEATED } from '../redact/secrets.ts';
import type { MaskingPreview, MaskingRules } from '../rrpair/masking.ts';
import { openSelected } from './selected.ts';
import type { PreviewTask, TaskHost, TaskResults } from './tasks.ts';

/** Places that are named for each rule. */
const PLACES = 5;

/** Tells what would be masked, by rule, with a few of the places. */
export async function preview({ from, masking }: PreviewTask, host: TaskHost): Promise<TaskResults['preview']> {
  const masker = new Masker(masking);
  const rules = new Map<string, MaskingPreview['rules'][number]>();
  const pairs = openSelected(from);
  let withSecrets = 0;
  let done = 0;
  try {
    for (const record of pairs.records()) {
      host.progress(done, pairs.total);
      done += 1;
      if (record === undefined) continue;
      const { findings } = maskRecord(record, masker);
      if (findings.length > 0) withSecrets += 1;
      const seen = new Set<string>();
      for (const { rule, where, count } of findings) {
        const sum = rules.get(rule) ?? { rule, title: titleOf(rule, masking), count: 0, pairs: 0, places: [] };
        rules.set(rule, sum);
        sum.count += count;
        if (!seen.has(rule)) sum.pairs += 1;
        seen.add(rule);
        if (sum.places.length < PLACES && !sum.places.some((place) => place.where === where)) {
          sum.places.push({ pair: record.id, where });
        }
      }
    }
  } finally {
    pairs.close();
  }
  return { pairs: withSecrets, rules: [...rules.values()].toSorted((a, b) => b.count - a.count) };
}

function titleOf(id: string, { rules }: MaskingRules): string {
  if (id === REPEATED) return 'The same values at other places';
  const rule = rules.find((each) => each.id === id) ?? builtInRules.find((each) => each.id === id);
  return rule === undefined || rule.title === '' ? id : rule.title;
}
