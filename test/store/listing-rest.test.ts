import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { giveBackMemory } from '../../proxy-core/give-back.ts';
import { limits } from '../../proxy-core/limits.ts';
import { Listing } from '../../proxy-core/store/listing.ts';
import { databaseName, openForWriting } from '../../proxy-core/store/schema.ts';
import { PairWriter } from '../../proxy-core/store/writer.ts';
import { batchOf, temporaryDirectory } from './pairs.ts';

vi.mock(import('../../proxy-core/give-back.ts'));

afterEach(() => {
  vi.useRealTimers();
});

test('what comes after a load does not keep its memory from being given back', () => {
  const directory = temporaryDirectory();
  const database = openForWriting(join(directory.path, databaseName));
  const writer = new PairWriter(database);
  writer.keep([batchOf([{ id: 1 }])]);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const listing = new Listing(writer, () => undefined);
  expect(listing.step(() => undefined)).toBe(true);

  vi.advanceTimersByTime(limits.giveBackMillis - 1);
  listing.store([batchOf([{ id: 2 }])]);
  vi.advanceTimersByTime(limits.giveBackMillis - 1);
  expect(giveBackMemory).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(giveBackMemory).toHaveBeenCalledTimes(1);

  listing.close();
  database.close();
  directory.remove();
});
