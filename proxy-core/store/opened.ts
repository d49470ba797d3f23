import type { DatabaseSync } from 'node:sqlite';
import { type NoiseRules, noiseRules } from '../detect/noise.ts';
import { Listing, listSome } from './listing.ts';
import type { WriterData } from './messages.ts';
import { finishInterrupted, quickCheck, setAside } from './recover.ts';
import { Retention } from './retention.ts';
import { earlierVersion, openForWriting } from './schema.ts';
import { troubleOf } from './sqlite-error.ts';
import { PairWriter } from './writer.ts';

/** The stored pairs, as the thread that writes them has them open. */
export interface Opened {
  database: DatabaseSync;
  writer: PairWriter;
  retention: Retention;
  listing: Listing;
}

/** What whoever opens them learns of. */
export interface OpeningEvents {
  /** Rows are to be made. */
  due(): void;
  /** Pairs could not be listed, and why. */
  gaveUp(pairs: number, error: unknown): void;
  /** What was interrupted could not be finished, because the disk is full. */
  diskTrouble(error: unknown): void;
  /** The file could not be used and was moved out of the way: a sentence for the user. */
  setAside(text: string): void;
}

/** What is said of a file that is damaged: in its new name, and to the user. */
const damage = ['corrupt', 'could not be read'] as const;

/** Opens the file, or a new one in place of one that is damaged or of an earlier version. Throws SQLite's errors, and `store-unusable`. */
export function openStored(data: WriterData, events: OpeningEvents): Opened {
  try {
    return build(data, events);
  } catch (error) {
    const version = earlierVersion(error);
    if (version !== null)
      moveAway(data, events, `v${String(version)}`, 'were stored by an earlier version of Sidetap in another way');
    else if (troubleOf(error) === 'damaged') moveAway(data, events, ...damage);
    else throw error;
    return build(data, events);
  }
}

/** Opens a new file in place of one that proved to be damaged. Throws as `openStored` does. */
export function openAnew(data: WriterData, events: OpeningEvents): Opened {
  moveAway(data, events, ...damage);
  return build(data, events);
}

/** What counts as noise; undefined: what does by itself. */
export function noiseOf({ noise }: WriterData): NoiseRules | undefined {
  return noise === undefined ? undefined : noiseRules(noise);
}

function build(data: WriterData, events: OpeningEvents): Opened {
  const database = openForWriting(data.path);
  try {
    quickCheck(database);
    const writer = new PairWriter(database);
    writer.noise = noiseOf(data);
    const retention = new Retention(database, writer, data);
    const opened = { database, writer, retention, listing: new Listing(writer, () => events.due()) };
    finishRest(opened, events);
    return opened;
  } catch (error) {
    database.close();
    throw error;
  }
}

function finishRest({ database, writer }: Opened, events: OpeningEvents): void {
  try {
    while (writer.unlisted) listSome(writer, (pairs, error) => events.gaveUp(pairs, error));
    finishInterrupted(database, writer);
  } catch (error) {
    // A full disk: the pairs stay open until the next start. Everything else is for the caller.
    if (troubleOf(error) !== 'disk') throw error;
    events.diskTrouble(error);
  }
}

function moveAway({ path }: WriterData, events: OpeningEvents, what: string, why: string): void {
  const target = setAside(path, what, new Date());
  events.setAside(`The stored pairs ${why}, so the file was set aside as ${target} and a new one was started. Capture goes on.`);
}
