import type { Container, ContainerCapture } from '../rrpair/containers.ts';
import type { Captures } from './captures.ts';
import type { AppliedChange } from './changes/changes.ts';
import type { ContainerFacts } from './facts.ts';
import { namespaceOf, sharersOf } from './namespaces.ts';
import { refusalOf } from './refusal.ts';
import type { TrustWork } from './trust-switch.ts';

const OFF: ContainerCapture = {
  state: 'off',
  step: '',
  error: '',
  since: null,
  inPorts: [],
  outbound: false,
  connections: 0,
  earlier: 0,
  pairsIn: 0,
  pairsOut: 0,
  pairsPerSecond: 0,
  shed: { pairs: 0, bodies: 0 },
  agentBytes: 0,
};

export interface ViewParts {
  /** All containers that are shown. */
  shown: readonly ContainerFacts[];
  captures: Captures;
  applied: (id: string) => AppliedChange | null;
  work: (id: string) => TrustWork;
}

/** A container as the window, the command and the API see it. */
export function viewOf(facts: ContainerFacts, { shown, captures, applied, work }: ViewParts): Container {
  const capture = captures.of(facts.id);
  const change = applied(facts.id);
  const owner = shown.find(({ id }) => id === namespaceOf(facts, shown)) ?? facts;
  return {
    id: facts.id,
    name: facts.name,
    image: facts.image,
    project: facts.project,
    service: facts.service,
    state: facts.state,
    health: facts.health,
    ports: facts.ports,
    networks: owner.networks.map(({ name }) => name),
    sharesNetworkWith: sharersOf(facts, shown).map(({ name }) => name),
    refusal: refusalOf(facts, owner),
    madeByUs: change?.method === 'image',
    capture: capture?.capture ?? OFF,
    trust: {
      state: capture?.tls.state ?? 'unknown',
      refused: capture?.tls.refused ?? [],
      applied: change?.method ?? null,
      ...work(facts.id),
      serverKey: captures.hasServerKey(facts.id),
    },
  };
}
