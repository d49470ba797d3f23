import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { connectionTo, message, record } from '../../../test/export/records.ts';
import type { PairRecord } from '../../rrpair/pair.ts';
import { JobThread } from './job-thread.ts';
import { jobsHere } from './jobs.ts';

let jobs: JobThread;
afterEach(() => jobs.close());

const get = 'GET /v1/users?token=abcdefghijk HTTP/1.1\r\nHost: api.example\r\n\r\n';

function pair(body: Buffer, id = 1): PairRecord {
  return {
    ...record(80, get),
    id,
    connection: connectionTo(80),
    response: message(Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n'), body),
  };
}

const one = (): PairRecord => pair(Buffer.from('{"a":1,"password":"abc"}'));
const two = (): PairRecord => pair(Buffer.from('{"a":2,"password":"abc"}'), 2);

describe('the thread for jobs', () => {
  test('gives what is computed here', async () => {
    jobs = new JobThread();
    const curl = { shell: 'bash', reveal: false } as const;
    expect(await jobs.curl(one(), curl)).toEqual(await jobsHere.curl(one(), curl));
    expect(await jobs.diff(one(), two())).toEqual(await jobsHere.diff(one(), two()));
    expect(Buffer.from(await jobs.harEntry(one(), false)).equals(await jobsHere.harEntry(one(), false))).toBe(true);
  });

  test('keeps the code and the sentence of an error', async () => {
    jobs = new JobThread();
    const row = { ...record(80, get), summary: { command: 'TCP', location: '', status: '' } };
    await expect(jobs.curl(row, { shell: 'bash', reveal: false })).rejects.toMatchObject({
      code: 'pair-not-replayable',
      message: expect.stringContaining('nothing to send again') as string,
    });
  });

  test('leaves this thread alone while a body of 10 MB is masked', async () => {
    jobs = new JobThread();
    const items = Array.from({ length: 60_000 }, (_, id) => ({ id, token: `secret-value-${String(id)}`, pad: 'x'.repeat(90) }));
    const large = pair(Buffer.from(JSON.stringify(items)));
    await jobs.harEntry(pair(Buffer.from('{}')), false);
    const loop = monitorEventLoopDelay({ resolution: 1 });
    loop.enable();
    const started = performance.now();
    const entry = await jobs.harEntry(large, false);
    const took = performance.now() - started;
    loop.disable();
    expect(entry.length).toBeGreaterThan(8_000_000);
    expect(loop.max / 1e6).toBeLessThan(took / 2);
  });

  test('ends when there is nothing to do, and starts again', async () => {
    jobs = new JobThread(1);
    await jobs.harEntry(pair(Buffer.from('{}')), true);
    while (jobs.running) await delay(1);
    expect((await jobs.harEntry(pair(Buffer.from('{}')), true)).length).toBeGreaterThan(0);
  });

  test('refuses jobs when it is closed, those that it has included', async () => {
    jobs = new JobThread();
    const waiting = jobs.harEntry(pair(Buffer.from('{}')), true);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'engine-not-running' });
    await jobs.close();
    await refused;
    await expect(jobs.harEntry(pair(Buffer.from('{}')), true)).rejects.toMatchObject({ code: 'engine-not-running' });
    expect(jobs.running).toBe(false);
  });
});
