import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const runSchema = z.object({
  id: z.number().int().positive(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** The first id that a pair of it could have. */
  firstPair: z.number().int().min(1),
});
export type Run = z.infer<typeof runSchema>;

/** Runs that are remembered; retention deletes the pairs of most of them sooner. */
const REMEMBERED = 2_000;

/** The runs of engines on a data directory. A run's pairs are those from its first id to the next run's. */
export class RunLog {
  readonly #path: string;
  #runs: Run[];

  constructor(dataDir: string, { readOnly = false }: { readOnly?: boolean } = {}) {
    this.#path = join(dataDir, 'sessions.json');
    // What was in a damaged file can be told from the pairs as one session.
    this.#runs = readJsonFile(this.#path, z.array(runSchema), [], { setAside: !readOnly }).value;
  }

  list(): readonly Run[] {
    return this.#runs;
  }

  /** Writes down that a run has begun. One before it that recorded nothing is forgotten. Throws `data-dir-unusable`. */
  begin(firstPair: number, now: Date): void {
    const kept = this.#runs.filter((run, index) => run.firstPair < (this.#runs[index + 1]?.firstPair ?? firstPair));
    const id = (this.#runs.at(-1)?.id ?? 0) + 1;
    this.#runs = [...kept, { id, startedAt: now.toISOString(), endedAt: null, firstPair }].slice(-REMEMBERED);
    this.#write();
  }

  end(now: Date): void {
    const current = this.#runs.at(-1);
    if (current === undefined) return;
    current.endedAt = now.toISOString();
    try {
      this.#write();
    } catch {
      // As after a crash, its last pair tells when it ended. To end in order is worth more.
    }
  }

  #write(): void {
    writeJsonFile(this.#path, this.#runs);
  }
}
