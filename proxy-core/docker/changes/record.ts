import { z } from 'zod';
import { assertNever } from '../../errors.ts';
import { trustMethodSchema } from '../../rrpair/containers.ts';

/** What is known of a file in a container beside its content. */
const fileMetaSchema = z.object({
  /** Permission bits. */
  mode: z.number().int(),
  uid: z.number().int(),
  gid: z.number().int(),
  /** Seconds since the epoch with nine decimals: a floating-point number has no room for them. */
  mtime: z.string(),
});
export type FileMeta = z.infer<typeof fileMetaSchema>;

export const restartPolicySchema = z.object({ Name: z.string(), MaximumRetryCount: z.number().int().optional() });

/** One change to Docker, with all that undoes it. Written before the change is made. */
export const stepSchema = z.discriminatedUnion('kind', [
  /** A block was added to the end of a file. `temp` is the file that the new content comes in. */
  z.object({
    kind: z.literal('file-edited'),
    container: z.string(),
    path: z.string(),
    temp: z.string(),
    block: z.string(),
    before: z.object({ sha256: z.string(), ...fileMetaSchema.shape }),
    after: z.string().describe('SHA-256 of the file with the block'),
  }),
  z.object({ kind: z.literal('file-added'), container: z.string(), path: z.string(), content: z.string() }),
  z.object({ kind: z.literal('restarted'), container: z.string() }),
  z.object({ kind: z.literal('volume-created'), volume: z.string() }),
  /** Found again by its label: its id is known only afterwards. `volumes`: its anonymous volumes are nobody else's and go with it. */
  z.object({ kind: z.literal('container-created'), name: z.string(), volumes: z.boolean() }),
  z.object({ kind: z.literal('policy-changed'), container: z.string(), from: restartPolicySchema }),
  z.object({ kind: z.literal('stopped'), container: z.string() }),
  z.object({ kind: z.literal('renamed'), container: z.string(), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('started'), container: z.string() }),
]);
export type Step = z.infer<typeof stepSchema>;
export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

const change = z.string();
const index = z.number().int().nonnegative();

/** One line of the journal. */
export const lineSchema = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('begin'),
    change,
    method: trustMethodSchema,
    /** What it was asked for; id is empty for an image that is to be started. */
    target: z.object({ id: z.string(), name: z.string() }),
    /** Which Docker: its own id, as `docker info` shows it. */
    daemon: z.string(),
    at: z.string(),
  }),
  z.object({ op: z.literal('method'), change, method: trustMethodSchema }),
  z.object({ op: z.literal('step'), change, index, step: stepSchema }),
  /** The step has been made for sure. */
  z.object({ op: z.literal('made'), change, index }),
  /** All of the change is made. */
  z.object({ op: z.literal('applied'), change, container: z.string(), note: z.string() }),
  /** Undoing has begun; decided once whether the original is to run afterwards, for the twin does not tell any more when it is stopped. */
  z.object({ op: z.literal('undoing'), change, run: z.boolean() }),
  z.object({ op: z.literal('undone'), change, index }),
  z.object({ op: z.literal('end'), change }),
]);
export type Line = z.infer<typeof lineSchema>;

export type RecordedStep = { readonly step: Step; made: boolean; undone: boolean };

/** A change as the journal tells it. */
export type ChangeRecord = {
  readonly id: string;
  method: z.infer<typeof trustMethodSchema>;
  readonly target: { readonly id: string; readonly name: string };
  readonly daemon: string;
  readonly at: string;
  readonly steps: RecordedStep[];
  /** Null until all of it is made. */
  applied: { readonly container: string; readonly note: string } | null;
  /** Null until undoing begins. */
  undoing: { readonly run: boolean } | null;
};

/** Takes a line into the records. False for one that fits no record: the journal is damaged. */
export function follow(records: Map<string, ChangeRecord>, line: Line): boolean {
  if (line.op === 'begin') {
    const { change: id, method, target, daemon, at } = line;
    records.set(id, { id, method, target, daemon, at, steps: [], applied: null, undoing: null });
    return true;
  }
  const record = records.get(line.change);
  if (record === undefined) return false;
  switch (line.op) {
    case 'method':
      record.method = line.method;
      return true;
    case 'step':
      if (line.index !== record.steps.length) return false;
      record.steps.push({ step: line.step, made: false, undone: false });
      return true;
    case 'made':
    case 'undone': {
      const recorded = record.steps[line.index];
      if (recorded === undefined) return false;
      recorded[line.op] = true;
      return true;
    }
    case 'applied':
      record.applied = { container: line.container, note: line.note };
      return true;
    case 'undoing':
      record.undoing = { run: line.run };
      return true;
    case 'end':
      return records.delete(line.change);
    default:
      return assertNever(line);
  }
}

/** The lines that tell a record anew. */
export function linesOf(record: ChangeRecord): Line[] {
  const { id, method, target, daemon, at, applied, undoing } = record;
  const lines: Line[] = [{ op: 'begin', change: id, method, target, daemon, at }];
  for (const [at, { step, made, undone }] of record.steps.entries()) {
    lines.push({ op: 'step', change: id, index: at, step });
    if (made) lines.push({ op: 'made', change: id, index: at });
    if (undone) lines.push({ op: 'undone', change: id, index: at });
  }
  if (applied !== null) lines.push({ op: 'applied', change: id, ...applied });
  if (undoing !== null) lines.push({ op: 'undoing', change: id, ...undoing });
  return lines;
}
