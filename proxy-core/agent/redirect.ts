import { SidetapError } from '../errors.ts';
import { Nft } from './nft.ts';
import {
  arm,
  createTable,
  deleteTable,
  disarm,
  listenOnly,
  type RedirectPlan,
  type TableShape,
  tableShapes,
} from './nft-script.ts';

/** The rules by which the kernel sends the application's connections to us. */
export interface Redirect {
  /** IPv6 connections are redirected too; where the kernel cannot do both in one table, only those over IPv4 are. */
  readonly ipv6: boolean;
  /** Redirects new connections for another `limits.armedMillis`. Resolves with what is wrong, empty when nothing is. */
  arm(): Promise<string>;
  /** New connections go direct from the moment this has resolved. */
  disarm(): Promise<string>;
  /** The application listens on these ports. */
  listenOn(ports: readonly number[]): Promise<string>;
  /** Removes the table. Connections that were redirected and are still open lose their way with it. */
  remove(): Promise<void>;
}

/**
 * Makes the table; nothing is redirected yet. `ended` is told when nft ends by itself, and the table with it.
 *
 * @throws SidetapError `agent-failed`
 */
export async function openRedirect(program: string, plan: RedirectPlan, ended: (words: string) => void): Promise<Redirect> {
  let open = false;
  let words = '';
  const nft = new Nft(program, (said) => {
    words = said;
    if (open) ended(said);
  });
  let refusal = '';
  for (const shape of tableShapes) {
    const said = await nft.run(createTable(shape, plan));
    if (said === '') {
      open = true;
      return redirectOf(nft, shape);
    }
    // What the first shape was refused for says most: later ones fail for what was left out of them.
    refusal ||= said;
    if (isForbidden(said)) break;
  }
  await nft.close();
  throw new SidetapError('agent-failed', refusalSentence(words || refusal));
}

function redirectOf(nft: Nft, shape: TableShape): Redirect {
  return {
    ipv6: shape.family === 'inet',
    arm: () => nft.run(arm(shape)),
    disarm: () => nft.run(disarm(shape)),
    listenOn: (ports) => nft.run(listenOnly(shape, ports)),
    remove: async () => {
      // In a namespace that is already gone there is no table either.
      await nft.run(deleteTable(shape));
      await nft.close();
    },
  };
}

/** Why nft refused, and what to do. */
export function refusalSentence(words: string): string {
  const said = `nft says: ${words.split('\n').join(' ').trim()}`;
  if (/ENOENT|EACCES|not found/.test(words)) return `The agent’s image has no nft that can be run (${words}). Build it anew.`;
  if (/must be root|cache initialization failed/.test(words)) {
    return `Docker does not let Sidetap’s agent change the container’s network rules (it lacks NET_ADMIN, as with rootless or restricted engines). Use proxy mode for this container. ${said}`;
  }
  if (isForbidden(words)) {
    return `Another agent of Sidetap captures in this container’s network already. Switch that one off first. ${said}`;
  }
  return `The kernel of the Docker host cannot redirect connections (nftables with NAT is needed). Use proxy mode for this container. ${said}`;
}

/** No other table would be allowed either, or should not be. */
function isForbidden(words: string): boolean {
  return /Operation not permitted|Device or resource busy/.test(words);
}
