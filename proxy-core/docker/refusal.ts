import { assertNever } from '../errors.ts';
import type { ContainerFacts } from './facts.ts';

/**
 * Why a container cannot be captured, and what to do instead; empty when it can. `owner` is the container whose network namespace it uses, itself or
 * another.
 */
export function refusalOf(facts: ContainerFacts, owner: ContainerFacts): string {
  switch (owner.networkMode) {
    case 'host':
      return `${facts.name} uses the host’s own network, where its traffic cannot be told from that of all other programs. Capture it with a proxy instead: \`sidetap start capture --port PORT\`.`;
    case 'none':
      return `${facts.name} has no network (network mode none), so nothing goes in or out. Connect it to a network first.`;
    default:
      break;
  }
  switch (facts.state) {
    case 'running':
    case 'paused':
    case 'restarting':
      return '';
    case 'created':
    case 'exited':
    case 'dead':
      return `${facts.name} is not running. Start it first: \`docker start ${facts.name}\`.`;
    case 'removing':
      return `${facts.name} is being removed.`;
    default:
      return assertNever(facts.state);
  }
}
