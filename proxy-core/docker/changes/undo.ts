import path from 'node:path/posix';
import { setTimeout as delay } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { assertNever } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Progress } from './changes.ts';
import { ContainerFiles, sha256 } from './container-files.ts';
import { type Inspected, inspectIfThere, isBeingStopped, nameOf, remove, start, statusOf, stop } from './docker-calls.ts';
import type { Journal } from './journal.ts';
import { changeLabels } from './labels.ts';
import type { ChangeRecord, Step, StepOf } from './record.ts';

/** A change while it is undone. */
type Undoing = {
  readonly docker: Dockerode;
  readonly record: ChangeRecord;
  readonly progress: Progress;
  /** What was not put back, for the user. */
  readonly notes: string[];
  readonly run: boolean;
};

/**
 * Undoes the steps of a change, the last one first. Each step looks at what is there, so one that was never made, or undone already, or taken
 * over by the user, is passed. Throws where Docker refuses; called again it goes on from there.
 *
 * @returns what was not put back, for the user
 */
export async function undoChange(docker: Dockerode, journal: Journal, record: ChangeRecord, progress: Progress): Promise<string[]> {
  const notes: string[] = [];
  if (record.undoing === null) {
    const decision = await decide(docker, record, notes);
    if (decision === 'leave') {
      await journal.append({ op: 'end', change: record.id });
      return notes;
    }
    await journal.append({ op: 'undoing', change: record.id, run: decision === 'run' });
  }
  const undoing: Undoing = { docker, record, progress, notes, run: record.undoing?.run === true };
  for (let index = record.steps.length - 1; index >= 0; index--) {
    const recorded = record.steps[index];
    if (recorded === undefined || recorded.undone) continue;
    await undoStep(undoing, recorded.step, recorded.made);
    await journal.append({ op: 'undone', change: record.id, index });
  }
  await journal.append({ op: 'end', change: record.id });
  return notes;
}

/**
 * Whether the original is to run when all is undone: as the twin does now, for the user may have stopped that meanwhile; and as it did before,
 * where the twin was not started for sure. Where the user removed the original there is nothing to go back to, and the twin is theirs.
 */
async function decide(docker: Dockerode, record: ChangeRecord, notes: string[]): Promise<'run' | 'rest' | 'leave'> {
  if (record.method !== 'twin') return 'run';
  const { name, id } = record.target;
  const twin = await findMade(docker, record);
  if ((await inspectIfThere(docker, id)) === null) {
    if (twin === null) return 'leave';
    if (record.applied === null) return 'rest'; // it has not done anything yet
    notes.push(
      `The original of ${name} was removed meanwhile, so its twin stays in its place; it still trusts the Sidetap CA until it is made anew.`,
    );
    return 'leave';
  }
  if (record.applied === null) return 'run';
  if (twin === null) {
    notes.push(`The twin of ${name} was removed meanwhile; the original has its name back and is stopped (docker start ${name}).`);
    return 'rest';
  }
  if (twin.State.Running || twin.State.Restarting) return 'run';
  notes.push(
    `The twin of ${name} had stopped (code ${twin.State.ExitCode}), so the original is stopped too (docker start ${name}).`,
  );
  return 'rest';
}

/** The container that the change made: its id may not be known, its label is. */
async function findMade(docker: Dockerode, record: ChangeRecord): Promise<Inspected | null> {
  const [found] = await docker.listContainers({ all: true, filters: { label: [`${changeLabels.change}=${record.id}`] } });
  return found === undefined ? null : await inspectIfThere(docker, found.Id);
}

async function undoStep(undoing: Undoing, step: Step, made: boolean): Promise<void> {
  const { docker, record, progress } = undoing;
  switch (step.kind) {
    case 'file-edited':
      progress('Taking our CA out of the bundles');
      return await restoreFile(undoing, step);
    case 'file-added':
      return await removeFile(undoing, step);
    case 'restarted':
      // Restarted for sure, or stopped and perhaps not started again when we died.
      if (!made) await startIfThere(docker, step.container);
      return;
    case 'started':
      progress(record.method === 'twin' ? 'Stopping the twin' : 'Stopping the container');
      return await stop(docker, step.container);
    case 'renamed':
      return await renameBack(undoing, step);
    case 'stopped':
      // Docker goes on stopping it when we die meanwhile.
      if (!made && (await isBeingStopped(docker, step.container))) await stop(docker, step.container);
      if (!undoing.run) return;
      progress('Starting the original');
      return await startIfThere(docker, step.container);
    case 'policy-changed':
      return await restorePolicy(undoing, step);
    case 'container-created':
      progress(record.method === 'twin' ? 'Removing the twin' : 'Removing the container');
      return await removeMade(undoing, step, made);
    case 'volume-created':
      return await removeVolume(docker, step.volume);
    default:
      return assertNever(step);
  }
}

async function restoreFile({ docker, notes, record }: Undoing, step: StepOf<'file-edited'>): Promise<void> {
  const files = new ContainerFiles(docker, step.container);
  let present = await files.read(step.path, limits.containerBundleBytes);
  const temp = await files.read(step.temp, limits.containerBundleBytes);
  if (present === null && temp !== null) {
    // Docker died between removing the old file and linking the new one, which was complete by then.
    await files.add(path.dirname(step.path), [{ path: step.path, ...temp }]);
    present = temp;
  }
  if (temp !== null) await files.remove(step.temp);
  if (present === null) return; // the file, or the whole container, was removed
  const at = present.content.lastIndexOf(step.block);
  if (at === -1) return; // never added, or made anew by somebody else
  const { content, meta } = present;
  const rest = Buffer.concat([content.subarray(0, at), content.subarray(at + Buffer.byteLength(step.block))]);
  const asBefore = sha256(content) === step.after && sha256(rest) === step.before.sha256;
  if (!asBefore)
    notes.push(`${step.path} of ${record.target.name} was changed by others meanwhile; only our certificate was taken out.`);
  // Its time goes back too, but not over that of another's change.
  const { mode, uid, gid, mtime } = asBefore ? { ...step.before, mode: meta.mode } : await files.withOwner(step.path, meta);
  await files.replace({ path: step.path, content: rest, meta: { mode, uid, gid, mtime } }, step.temp);
}

async function removeFile({ docker, notes, record }: Undoing, step: StepOf<'file-added'>): Promise<void> {
  const files = new ContainerFiles(docker, step.container);
  const present = await files.read(step.path, limits.containerBundleBytes);
  if (present === null) return;
  // Docker may have died when it had written a part of it.
  if (!step.content.startsWith(present.content.toString())) {
    notes.push(`${step.path} in ${record.target.name} was changed by others meanwhile and is left there.`);
    return;
  }
  if (await files.remove(step.path)) return;
  notes.push(`${step.path} in ${record.target.name} could not be removed; remove it with docker exec, or make the container anew.`);
}

async function startIfThere(docker: Dockerode, container: string): Promise<void> {
  const inspected = await inspectIfThere(docker, container);
  if (inspected !== null && !inspected.State.Running) await start(docker, container);
}

async function renameBack({ docker, notes }: Undoing, step: StepOf<'renamed'>): Promise<void> {
  const inspected = await inspectIfThere(docker, step.container);
  if (inspected === null || nameOf(inspected) === step.from) return;
  if (nameOf(inspected) !== step.to) {
    notes.push(`${step.from} was renamed to ${nameOf(inspected)} meanwhile, and keeps that name.`);
    return;
  }
  try {
    await docker.getContainer(step.container).rename({ name: step.from });
  } catch (error) {
    if (statusOf(error) !== 409) throw error;
    notes.push(
      `Another container is called ${step.from} now, so the original keeps the name ${step.to}; rename it with docker rename.`,
    );
  }
}

async function restorePolicy({ docker }: Undoing, step: StepOf<'policy-changed'>): Promise<void> {
  const inspected = await inspectIfThere(docker, step.container);
  // Another one than ours is the user's, set meanwhile.
  if (inspected === null || inspected.HostConfig.RestartPolicy?.Name !== 'no') return;
  await docker.getContainer(step.container).update({ RestartPolicy: step.from });
}

async function removeMade({ docker, record }: Undoing, step: StepOf<'container-created'>, made: boolean): Promise<void> {
  // Docker may still be making it for a client that has died.
  const deadline = performance.now() + (made ? 0 : limits.dockerAfterthoughtMillis);
  let found = await findMade(docker, record);
  while (found === null && performance.now() < deadline) {
    await delay(afterthoughtLookMillis);
    found = await findMade(docker, record);
  }
  if (found === null) return;
  const { Id } = found;
  // Volumes of a twin are the original's: they stay whatever happens.
  await remove(docker, Id, { volumes: step.volumes });
}

/** Time between two such looks, ms. */
const afterthoughtLookMillis = 100;

async function removeVolume(docker: Dockerode, volume: string): Promise<void> {
  try {
    await docker.getVolume(volume).remove();
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
  }
}
