import type { ContainerFacts } from './facts.ts';

/** The name that Docker gives to the host. */
const HOST = 'host.docker.internal';

/**
 * Names of the addresses that a container may meet, as its application knows them: a service of its own compose project by the service's name,
 * another container by its own, the host by Docker's name for it. Only of networks that it is in: others may use the same addresses.
 */
export function namesFor(target: ContainerFacts, all: readonly ContainerFacts[]): Record<string, string> {
  const names: Record<string, string> = {};
  const networks = new Set(target.networks.map(({ name }) => name));
  for (const { gateways } of target.networks) for (const gateway of gateways) names[gateway] = HOST;
  for (const facts of all) {
    for (const network of facts.networks) {
      if (!networks.has(network.name)) continue;
      for (const address of network.addresses) names[address] = knownAs(facts, target, all);
    }
  }
  return names;
}

function knownAs(facts: ContainerFacts, target: ContainerFacts, all: readonly ContainerFacts[]): string {
  const { project, service } = facts;
  if (project === null || service === null || project !== target.project) return facts.name;
  // Of several of one service, only the container's own name tells which.
  const replicas = all.filter((other) => other.project === project && other.service === service && other.networks.length > 0);
  return replicas.length > 1 ? facts.name : service;
}
