import { SidetapError } from '../../proxy-core/errors.ts';
import type { Container, TrustMethod } from '../../proxy-core/rrpair/containers.ts';
import { isLost, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { toast } from '../design/toasts.ts';
import { refreshContainers } from './follow.ts';
import { canSwitch } from './groups.ts';
import { containerNamed, setProblem, setTlsProblem, tellContainer, tellContainers, useContainers, want } from './store.ts';

/** Time after which a container that was busy is asked again, ms. */
const AGAIN_MILLIS = 400;

const isBusy = (error: unknown): boolean => error instanceof SidetapError && error.code === 'container-busy';

const stillWants = (name: string, on: boolean): boolean => useContainers.getState().wanted.get(name) === on;

/**
 * Switches a container. The switch has moved before the engine answers, and it can be moved back at any time: what was asked last counts, also
 * when the engine is still busy with what was asked before.
 */
export async function switchContainer({ name }: Container, on: boolean): Promise<void> {
  want([name], on);
  setProblem([name], undefined);
  announce(on ? `Switching on ${name}` : `Switching off ${name}`);
  while (stillWants(name, on)) {
    try {
      const container = containerNamed(name);
      if (container === undefined) break;
      const { containers } = engine();
      const answer = on
        ? await containers.attach({ container: container.id })
        : await containers.detach({ container: container.id });
      tellContainer(answer);
      if (stillWants(name, on)) announce(on ? `${name} is captured` : `${name} is not captured any more`);
      break;
    } catch (error) {
      if (!isBusy(error)) {
        if (stillWants(name, on)) report([name], error);
        break;
      }
      await new Promise((resolve) => {
        setTimeout(resolve, AGAIN_MILLIS);
      });
    }
  }
  // What went wrong is in the list too: the state shown next is the engine's.
  await refreshContainers();
  if (stillWants(name, on)) want([name], undefined);
}

/** Switches all containers of a compose project that can be. */
export async function switchProject(project: string, on: boolean): Promise<void> {
  const members = (useContainers.getState().list ?? []).filter(
    (container) => container.project === project && canSwitch(container),
  );
  const names = members.map(({ name }) => name);
  want(names, on);
  setProblem(names, undefined);
  announce(on ? `Switching on ${project}` : `Switching off ${project}`);
  try {
    for (const container of await engine().containers.switchProject({ project, on })) tellContainer(container);
    announce(on ? `${project} is captured` : `${project} is not captured any more`);
  } catch (error) {
    report(names, error);
  }
  await refreshContainers();
  const settled = names.filter((name) => stillWants(name, on));
  want(settled, undefined);
}

function report(names: readonly string[], error: unknown): void {
  if (isLost(error)) return;
  const sentence = sentenceOf(error);
  setProblem(names, sentence);
  announce(sentence);
}

/** Changes something about a container's TLS; what went wrong stands in its dialog. Returns whether it worked. */
async function changeTls(name: string, work: (id: string) => Promise<Container>): Promise<boolean> {
  const container = containerNamed(name);
  if (container === undefined) return false;
  setTlsProblem(name, undefined);
  try {
    tellContainer(await work(container.id));
    return true;
  } catch (error) {
    if (isLost(error)) return false;
    const sentence = sentenceOf(error);
    setTlsProblem(name, sentence);
    if (isDialogOpen(name)) announce(sentence);
    else toast({ text: sentence, tone: 'bad' });
    return false;
  } finally {
    void refreshContainers();
  }
}

const isDialogOpen = (name: string): boolean => useContainers.getState().dialog?.name === name;

const TRUSTED: Readonly<Record<Exclude<TrustMethod, 'image'>, (name: string) => string>> = {
  bundle: (name) => `Sidetap’s certificate was added to ${name}`,
  restart: (name) => `Sidetap’s certificate was added to ${name}, and it was restarted`,
  twin: (name) => `A twin took the place of ${name}`,
};

/** Makes the application in a container trust Sidetap's CA. */
export async function trustCa(name: string, how: Exclude<TrustMethod, 'image'>): Promise<void> {
  if (await changeTls(name, (container) => engine().containers.trust({ container, how }))) done(name, TRUSTED[how](name), true);
}

/** Undoes what `trustCa` did. */
export async function undoTrust(name: string): Promise<void> {
  if (await changeTls(name, (container) => engine().containers.untrust({ container })))
    done(name, `${name} is as it was before`, false);
}

/** With the dialog open, what was done stands there; otherwise it is said at the edge of the window. */
function done(name: string, text: string, canUndo: boolean): void {
  if (isDialogOpen(name)) announce(text);
  else toast({ text, tone: 'ok', ...(canUndo ? { action: { label: 'Undo', run: () => void undoTrust(name) } } : {}) });
}

/** Gives the key pair of TLS that the application serves; null takes it back. Returns whether the engine took it. */
export async function giveServerKey(name: string, key: { chainPem: string; keyPem: string } | null): Promise<boolean> {
  const taken = await changeTls(name, (container) => engine().containers.serverKey({ container, key }));
  if (taken) announce(key === null ? 'The key pair is forgotten' : `TLS that ${name} serves is read from now on`);
  return taken;
}

/** Removes a container that was started by `start capture --image`. */
export async function removeContainer({ name, id }: Container): Promise<void> {
  setProblem([name], undefined);
  try {
    await engine().containers.remove({ container: id });
    tellContainers((useContainers.getState().list ?? []).filter((container) => container.name !== name));
    toast({ text: `${name} is removed`, tone: 'ok' });
  } catch (error) {
    report([name], error);
  }
}
