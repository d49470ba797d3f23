import { changeLabels } from './changes/labels.ts';
import type { ContainerFacts } from './facts.ts';
import { agentLabels } from './labels.ts';

/** What `changes/` appends to the name of an original while its twin is there. */
const ORIGINAL = /-sidetap-original$/;

/**
 * The containers as their user thinks of them: without our agents, and a twin and its original as one. `twins` are the ids of twins that stand; of others,
 * which are being made or undone or belong to another Sidetap, the one that runs is shown.
 */
export function shownOf(all: readonly ContainerFacts[], twins: ReadonlySet<string>): ContainerFacts[] {
  const byId = new Map(all.map((facts) => [facts.id, facts]));
  const hidden = new Set<string>();
  const renamed = new Map<string, string>();
  for (const twin of all) {
    const original = byId.get(twin.labels[changeLabels.twinOf] ?? '');
    if (original === undefined) continue;
    const isTwin = twins.has(twin.id) || (twin.state === 'running' && original.state !== 'running');
    hidden.add(isTwin ? original.id : twin.id);
    const name = original.name.replace(ORIGINAL, '');
    renamed.set(isTwin ? twin.id : original.id, name);
  }
  return all
    .filter(({ id, labels }) => labels[agentLabels.agent] === undefined && !hidden.has(id))
    .map((facts) => withName(facts, renamed.get(facts.id) ?? facts.name));
}

function withName(facts: ContainerFacts, name: string): ContainerFacts {
  return facts.name === name ? facts : { ...facts, name };
}
