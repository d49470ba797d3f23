import type { ContainerFacts } from './facts.ts';

/** The id of the container whose network namespace this one uses: its own, or that of the one it joined. */
export function namespaceOf(facts: ContainerFacts, all: readonly ContainerFacts[]): string {
  let owner = facts;
  // Bounded, because a container that was renamed may make a ring of names.
  for (let step = 0; step < all.length; step += 1) {
    const joined = joinedBy(owner, all);
    if (joined === null) break;
    owner = joined;
  }
  return owner.id;
}

/** The other containers of a namespace. */
export function sharersOf(facts: ContainerFacts, all: readonly ContainerFacts[]): ContainerFacts[] {
  if (facts.networkMode === 'host' || facts.networkMode === 'none') return [];
  const namespace = namespaceOf(facts, all);
  return all.filter((other) => other.id !== facts.id && namespaceOf(other, all) === namespace);
}

function joinedBy({ networkMode }: ContainerFacts, all: readonly ContainerFacts[]): ContainerFacts | null {
  if (!networkMode.startsWith('container:')) return null;
  const reference = networkMode.slice('container:'.length);
  return (
    all.find((other) => other.id === reference || other.name === reference) ??
    all.find((other) => reference.length >= 12 && other.id.startsWith(reference)) ??
    null
  );
}
