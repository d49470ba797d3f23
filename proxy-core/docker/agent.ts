import type Docker from 'dockerode';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { AgentNotice, AgentStatus, TlsSeen } from '../link/messages.ts';
import type { Store } from '../store/store.ts';
import type { IssuingAuthority } from '../tls/authority.ts';
import { type AgentNeighbour, removeContainer, startAgentContainer } from './agent-container.ts';
import { aborted } from './daemon/wait.ts';
import { HomeLink, type LinkEnd } from './home-link.ts';
import type { Owner } from './owner.ts';
import { PairIntake } from './pair-intake.ts';

/** Answers the agent's image, and makes it when there is none. Throws `agent-image-failed`. */
export type AgentImage = (docker: Docker, options: { progress: (step: string) => void; signal: AbortSignal }) => Promise<string>;

/** What all agents of an engine share. */
export interface AgentSurroundings {
  owner: Owner;
  store: Store;
  image: AgentImage;
  takeId(): number;
  authority(): Promise<IssuingAuthority>;
  /** Containers of running agents, which no sweep may take. */
  running: Set<string>;
}

export interface AgentTarget extends AgentNeighbour {
  /** CAs that the application trusts, PEM. */
  extraCaPem: Promise<string[]>;
}

export interface AgentEvents {
  step(text: string): void;
  status(status: AgentStatus): void;
  tls(seen: TlsSeen): void;
  notice(notice: AgentNotice): void;
}

/** An agent that redirects connections of its target. */
export interface Agent {
  readonly link: HomeLink;
  readonly intake: PairIntake;
  /** Resolves when its container is gone, or Docker that would remove it. */
  readonly ended: Promise<LinkEnd>;
  /** Lets connections in flight finish for so long, then removes it. Resolves when it is gone; bounded in time. */
  stop(drainMillis: number): Promise<void>;
}

/** Starts an agent beside a target. Resolves when it redirects. Throws `agent-failed`, `agent-image-failed`, `data-dir-unusable`; nothing is left then. */
export async function startAgent(
  docker: Docker,
  target: AgentTarget,
  around: AgentSurroundings,
  events: AgentEvents,
  signal: AbortSignal,
): Promise<Agent> {
  events.step('Preparing the agent’s image');
  const image = await around.image(docker, { progress: (step) => events.step(step), signal });
  const authority = await around.authority();
  const issuer = await authority.issuer();
  throwIfOff(signal);
  events.step('Starting the agent');
  const { id, stream } = await startAgentContainer(docker, { image, owner: around.owner.id(), target });
  around.running.add(id);
  // Read while the agent was started, which takes longer.
  const extraCaPem = await target.extraCaPem;
  const intake = new PairIntake(around.store, () => around.takeId());
  const link = new HomeLink(stream, {
    welcome: {
      source: target.name,
      firstConnectionId: nextBlock(),
      caPem: authority.pem,
      extraCaPem,
      insecureUpstream: false,
    },
    issuer,
    intake,
    ...events,
  });
  const ended = link.ended.then(async (end) => {
    // It may live on, paused or hung: only its death resets the connections that it holds.
    await removeContainer(docker, id);
    around.running.delete(id);
    return end;
  });
  const agent: Agent = {
    link,
    intake,
    ended,
    stop: async (drainMillis) => {
      link.stop(drainMillis);
      const timer = setTimeout(() => link.destroy(), drainMillis + limits.agentStopMillis);
      await ended;
      clearTimeout(timer);
    },
  };
  try {
    await becomesReady(link, events, signal);
    return agent;
  } catch (error) {
    await agent.stop(0);
    throw error;
  }
}

async function becomesReady(link: HomeLink, events: AgentEvents, signal: AbortSignal): Promise<void> {
  await within(link.greeted, limits.agentHelloMillis, signal, () => 'The agent was started, but said nothing. Try again.');
  events.step('Redirecting connections');
  await within(link.armed, limits.agentArmMillis, signal, () =>
    link.reason === '' ? 'The agent does not redirect connections, and does not say why.' : link.reason,
  );
}

async function within(promise: Promise<void>, millis: number, signal: AbortSignal, late: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SidetapError('agent-failed', late())), millis);
  });
  try {
    await Promise.race([promise, tooLate, aborted(signal)]);
  } finally {
    clearTimeout(timer);
  }
  throwIfOff(signal);
}

/** It was switched off meanwhile. */
export function throwIfOff(signal: AbortSignal): void {
  if (signal.aborted) throw new SidetapError('container-busy', 'The container was switched off before capture was on.');
}

/** Connections of agents are numbered apart from each other's and our own, which start at 1. */
const BLOCK = 2 ** 32;
let blocks = 0;

function nextBlock(): number {
  blocks += 1;
  return blocks * BLOCK;
}
