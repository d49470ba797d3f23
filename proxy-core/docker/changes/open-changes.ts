import { randomBytes } from 'node:crypto';
import type Dockerode from 'dockerode';
import { SidetapError } from '../../errors.ts';
import type { RunImage, TrustMethod } from '../../rrpair/containers.ts';
import { addToBundles } from './bundle.ts';
import type { AppliedChange, Changes, ChangesParts, Progress, SweepResult, Undone } from './changes.ts';
import { daemonId, type Inspected, inspectIfThere, nameOf, toSidetapError } from './docker-calls.ts';
import { Journal } from './journal.ts';
import { changeLabels } from './labels.ts';
import { Making } from './making.ts';
import type { ChangeRecord } from './record.ts';
import { demandLinux, demandRestartable, demandTwinnable } from './refusals.ts';
import { runImage } from './run-image.ts';
import { settle } from './settle.ts';
import { type Replaced, replaceByTwin } from './twin.ts';
import { undoChange } from './undo.ts';

const silent: Progress = () => {};

/** Opens the journal of a data directory, which must be this process's own. Throws `data-dir-unusable`. */
export async function openChanges(parts: ChangesParts): Promise<Changes> {
  const journal = await Journal.open(parts.dataDir, (copy) => {
    const text = `The record of changes to Docker was damaged and is kept as ${copy}; what it still tells is undone. Containers that end in -sidetap-original, if any, are yours: give them their name back with docker rename.`;
    parts.notify({ id: 'docker-journal-damaged', level: 'warning', text });
  });
  return new JournaledChanges(parts, journal);
}

class JournaledChanges implements Changes {
  readonly #parts: ChangesParts;
  readonly #journal: Journal;
  /** Changes that this process made and that are to stand; all others in the journal are to be undone. */
  readonly #standing = new Set<string>();
  /** What is under way, by the change's id. */
  readonly #busy = new Map<string, { readonly cancel: AbortController; readonly ended: Promise<unknown> }>();
  /** Containers for which a change is about to be made, by id. */
  readonly #asked = new Set<string>();
  /** By the change's id. */
  readonly #undoing = new Map<string, Promise<string[]>>();
  #sweeping: Promise<SweepResult> | null = null;
  #closed = false;

  constructor(parts: ChangesParts, journal: Journal) {
    this.#parts = parts;
    this.#journal = journal;
  }

  applied(): readonly AppliedChange[] {
    return [...this.#journal.records.values()].map((record) => this.#appliedOf(record)).filter((change) => change !== null);
  }

  appliedTo(container: string): AppliedChange | null {
    return this.applied().find((change) => change.container === container || change.original === container) ?? null;
  }

  async applyBundle(container: string, progress: Progress = silent): Promise<AppliedChange> {
    return await this.#alone(container, async (docker, inspected) => {
      const present = await this.#clear(docker, inspected, ['bundle', 'restart']);
      if (present !== null) return present;
      return await this.#make(docker, 'bundle', inspected, progress, (making) => this.#bundle(making, inspected));
    });
  }

  async applyRestart(container: string, progress: Progress = silent): Promise<AppliedChange> {
    return await this.#alone(container, async (docker, inspected) => {
      await demandRestartable(docker, inspected);
      const present = await this.#clear(docker, inspected, ['bundle', 'restart']);
      if (present === null) {
        return await this.#make(docker, 'restart', inspected, progress, async (making) => {
          const { note } = await this.#bundle(making, inspected);
          return await this.#restart(making, inspected, note);
        });
      }
      const record = this.#record(present.id);
      return await this.#work(docker, record, progress, async (making) => {
        await this.#journal.append({ op: 'method', change: record.id, method: 'restart' });
        return await this.#restart(making, inspected, present.note);
      });
    });
  }

  async applyTwin(container: string, progress: Progress = silent): Promise<AppliedChange> {
    return await this.#alone(container, async (docker, inspected) => {
      await demandTwinnable(docker, inspected);
      // The original comes back as it was; so what was changed in it is undone first.
      if ((await this.#clear(docker, inspected, ['bundle', 'restart'])) !== null) await this.undo(inspected.Id, progress);
      return await this.#make(docker, 'twin', inspected, progress, async (making) =>
        replaceByTwin(making, inspected, await this.#parts.authority(), this.#parts.dataDir),
      );
    });
  }

  async run(options: RunImage, progress: Progress = silent): Promise<AppliedChange> {
    return await this.#make(this.#docker(), 'image', null, progress, async (making) =>
      runImage(making, options, await this.#parts.authority(), this.#parts.dataDir),
    );
  }

  async undo(container: string, progress: Progress = silent): Promise<Undone> {
    const record = await this.#recordFor(container);
    if (record === null) return { container: (await inspectIfThere(this.#docker(), container))?.Id ?? null, notes: [] };
    const busy = this.#busy.get(record.id);
    busy?.cancel.abort(new SidetapError('container-busy', `The change of ${nameFor(record)} was called off.`));
    await busy?.ended;
    const docker = this.#docker();
    const made = record.applied?.container ?? '';
    const notes = this.#journal.records.has(record.id) ? await this.#undo(docker, record, progress) : [];
    const left =
      (await inspectIfThere(docker, record.target.id || made)) ?? (await inspectIfThere(docker, made || record.target.id));
    return { container: left?.Id ?? null, notes };
  }

  async remove(container: string, progress: Progress = silent): Promise<void> {
    const record = await this.#recordFor(container);
    if (record?.method !== 'image') {
      throw new SidetapError(
        'container-not-found',
        `${container} was not started by Sidetap, so it is not removed; stop it with docker stop.`,
      );
    }
    await this.undo(record.applied?.container ?? container, progress);
  }

  async sweep(): Promise<SweepResult> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = null;
    });
    return await this.#sweeping;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { cancel } of this.#busy.values()) cancel.abort(new SidetapError('container-busy', 'Sidetap is closing.'));
    await Promise.all([...this.#busy.values()].map(({ ended }) => ended));
    await this.#sweeping;
    await Promise.allSettled(this.#undoing.values());
    await this.#journal.close();
  }

  #docker(): Dockerode {
    const docker = this.#parts.docker();
    if (docker === null || this.#closed) {
      throw new SidetapError('docker-unavailable', 'Docker cannot be reached right now; start it and try again.');
    }
    return docker;
  }

  async #find(container: string): Promise<{ docker: Dockerode; inspected: Inspected }> {
    const docker = this.#docker();
    const inspected = await inspectIfThere(docker, container).catch((error: unknown) => {
      throw toSidetapError(error, (reason) => `Docker does not tell of ${container}: ${reason}.`);
    });
    if (inspected === null) {
      throw new SidetapError('container-not-found', `There is no container ${container}; docker ps shows those that run.`);
    }
    return { docker, inspected };
  }

  /** Makes a change of a container, one at a time. */
  async #alone(
    container: string,
    change: (docker: Dockerode, inspected: Inspected) => Promise<AppliedChange>,
  ): Promise<AppliedChange> {
    const { docker, inspected } = await this.#find(container);
    demandLinux(inspected);
    if (this.#asked.has(inspected.Id)) throw busy(nameOf(inspected));
    this.#asked.add(inspected.Id);
    try {
      return await change(docker, inspected);
    } finally {
      this.#asked.delete(inspected.Id);
    }
  }

  #appliedOf(record: ChangeRecord): AppliedChange | null {
    if (record.applied === null || !this.#standing.has(record.id)) return null;
    const { container, note } = record.applied;
    const original = record.method === 'twin' ? record.target.id : null;
    return { id: record.id, method: record.method, container, name: record.target.name, original, note };
  }

  #record(change: string): ChangeRecord {
    const record = this.#journal.records.get(change);
    if (record === undefined) throw new Error(`The journal has lost the change ${change}.`);
    return record;
  }

  /** The change that concerns a container, made or left by whatever run; by the container's full id, the beginning of it, or its name. */
  async #recordFor(container: string): Promise<ChangeRecord | null> {
    const records = [...this.#journal.records.values()];
    if (records.length === 0) return null;
    const concerned = (id: string): ChangeRecord | undefined =>
      records.find(({ target, applied }) => target.id === id || applied?.container === id);
    const known = concerned(container);
    if (known !== undefined) return known;
    const { inspected } = await this.#find(container);
    return concerned(inspected.Id) ?? records.find(({ id }) => inspected.Config.Labels?.[changeLabels.change] === id) ?? null;
  }

  /** Undoes what an earlier run left of a container. Answers what stands for it and goes along with what is to come; throws when it does not. */
  async #clear(docker: Dockerode, inspected: Inspected, goesAlong: readonly TrustMethod[]): Promise<AppliedChange | null> {
    const name = nameOf(inspected);
    const record = await this.#recordFor(inspected.Id);
    if (record === null) {
      if (inspected.Config.Labels?.[changeLabels.change] === undefined) return null;
      throw new SidetapError('container-busy', `${name} was made by another Sidetap and trusts its CA; switch it off there first.`);
    }
    if (this.#busy.has(record.id)) throw busy(name);
    const applied = this.#appliedOf(record);
    if (applied === null) {
      await this.#undo(docker, record, silent);
      return null;
    }
    if (goesAlong.includes(applied.method)) return applied;
    const what = applied.method === 'twin' ? 'is a twin' : 'was started by Sidetap';
    throw new SidetapError(
      'container-busy',
      `${name} ${what} and has our CA already; a runtime that still refuses it has its own list.`,
    );
  }

  async #make(
    docker: Dockerode,
    method: TrustMethod,
    inspected: Inspected | null,
    progress: Progress,
    make: (making: Making) => Promise<Replaced>,
  ): Promise<AppliedChange> {
    const change = randomBytes(6).toString('hex');
    const target = inspected === null ? { id: '', name: '' } : { id: inspected.Id, name: nameOf(inspected) };
    const daemon = await daemonId(docker);
    await this.#journal.append({ op: 'begin', change, method, target, daemon, at: new Date().toISOString() });
    return await this.#work(docker, this.#record(change), progress, make);
  }

  /** Makes a change, or a further part of one. What a failed one had done is undone. */
  async #work(
    docker: Dockerode,
    record: ChangeRecord,
    progress: Progress,
    make: (making: Making) => Promise<Replaced>,
  ): Promise<AppliedChange> {
    const cancel = new AbortController();
    this.#standing.add(record.id);
    const work = this.#try(new Making(docker, record, this.#journal, progress, cancel.signal), make);
    const ended = work.catch(() => undefined).finally(() => this.#busy.delete(record.id)); // the error is the caller's
    this.#busy.set(record.id, { cancel, ended });
    try {
      return await work;
    } finally {
      await ended;
      progress('');
    }
  }

  async #try(making: Making, make: (making: Making) => Promise<Replaced>): Promise<AppliedChange> {
    const { record, docker, signal } = making;
    try {
      const { container, note } = await make(making);
      await this.#journal.append({ op: 'applied', change: record.id, container, note });
      const applied = this.#appliedOf(record);
      if (applied === null) throw new Error(`The change ${record.id} does not stand although it was made.`);
      return applied;
    } catch (error) {
      const what = record.target.name === '' ? 'start the container' : `change ${record.target.name}`;
      // Called off: the error is that of whatever was under way.
      const told = toSidetapError(
        signal.aborted ? signal.reason : error,
        (reason) => `Docker would not ${what}: ${reason}. What had been done is undone.`,
      );
      // The change is undone even when it is its own undoing that called it off: that finds nothing left to do.
      await this.#undo(docker, record, making.progress).catch((failure: unknown) => this.#tellLeft(record, failure));
      throw told;
    }
  }

  /** Undoes a change; whoever asks for the same meanwhile gets the same answer. */
  async #undo(docker: Dockerode, record: ChangeRecord, progress: Progress): Promise<string[]> {
    let undoing = this.#undoing.get(record.id);
    if (undoing === undefined) {
      this.#standing.delete(record.id);
      undoing = undoChange(docker, this.#journal, record, progress).finally(() => this.#undoing.delete(record.id));
      this.#undoing.set(record.id, undoing);
    }
    try {
      return await undoing;
    } catch (error) {
      throw toSidetapError(
        error,
        (reason) =>
          `What was changed for ${nameFor(record)} could not be undone yet (${reason}); it is tried again when Sidetap starts.`,
      );
    } finally {
      progress('');
    }
  }

  async #sweep(): Promise<SweepResult> {
    let undone = 0;
    const left = [...this.#journal.records.values()].filter(({ id }) => !this.#standing.has(id) && !this.#busy.has(id));
    for (const record of left) {
      try {
        const docker = this.#docker();
        if (!(await isHere(docker, record))) continue;
        const notes = await this.#undo(docker, record, silent);
        undone++;
        for (const [index, text] of notes.entries())
          this.#parts.notify({ id: `docker-undone-${record.id}-${index}`, level: 'warning', text });
      } catch (error) {
        this.#tellLeft(record, error);
      }
    }
    return { undone, left: [...this.#journal.records.keys()].filter((id) => !this.#standing.has(id)).length };
  }

  #tellLeft(record: ChangeRecord, error: unknown): void {
    const told = toSidetapError(error, (reason) => `${nameFor(record)} could not be put back (${reason}).`);
    // Docker that is away is told elsewhere, and is no news here.
    if (told.code === 'docker-unavailable') return;
    this.#parts.notify({ id: `docker-left-${record.id}`, level: 'error', text: told.message });
  }

  async #bundle(making: Making, inspected: Inspected): Promise<Replaced> {
    making.progress('Adding our CA to the bundles');
    const { pem } = await this.#parts.authority();
    return { container: inspected.Id, note: await addToBundles(making, inspected, pem) };
  }

  async #restart(making: Making, inspected: Inspected, note: string): Promise<Replaced> {
    making.progress('Restarting the container');
    await making.step({ kind: 'restarted', container: inspected.Id }, async () => {
      await making.docker.getContainer(inspected.Id).restart();
    });
    const settled = await settle(making, inspected.Id);
    const name = nameOf(inspected);
    const sentences = [note];
    if (settled.state === 'ended') sentences.push(`${name} ended after the restart, with code ${settled.exitCode}.`);
    if (settled.state === 'not-healthy') sentences.push(`${name} runs again, but does not say that it is healthy yet.`);
    return { container: inspected.Id, note: sentences.filter((sentence) => sentence !== '').join(' ') };
  }
}

function busy(name: string): SidetapError {
  return new SidetapError('container-busy', `Another change of ${name} is under way; wait for it to end.`);
}

/** Whether this is the Docker that a change was made at. Podman answers another id each time; so what it changed is looked for. */
async function isHere(docker: Dockerode, record: ChangeRecord): Promise<boolean> {
  if ((await daemonId(docker)) === record.daemon) return true;
  if (record.target.id !== '' && (await inspectIfThere(docker, record.target.id)) !== null) return true;
  const made = await docker.listContainers({ all: true, filters: { label: [`${changeLabels.change}=${record.id}`] } });
  return made.length > 0;
}

/** What a change is told of by: the container that it was asked for, or the one that it started. */
function nameFor(record: ChangeRecord): string {
  if (record.target.name !== '') return record.target.name;
  for (const { step } of record.steps) if (step.kind === 'container-created') return step.name;
  return 'a container that was to be started';
}
