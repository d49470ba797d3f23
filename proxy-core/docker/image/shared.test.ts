import { setImmediate as turn } from 'node:timers/promises';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { sharedAgentImage } from './shared.ts';

/** A piece of work whose end the test decides. */
function controlled() {
  const ends = Promise.withResolvers<string>();
  let signal: AbortSignal | undefined;
  let progress: ((step: string) => void) | undefined;
  let calls = 0;
  const image = sharedAgentImage((_docker, options) => {
    calls += 1;
    signal = options.signal;
    progress = options.progress;
    return ends.promise;
  });
  return { image, ends, calls: () => calls, aborted: () => signal?.aborted, tell: (step: string) => progress?.(step) };
}

test('two containers wait for the same work, and each is told of it', async () => {
  const work = controlled();
  const docker = new Docker();
  const steps: string[] = [];
  const wait = (name: string): Promise<string> =>
    work.image(docker, { progress: (step) => steps.push(`${name}: ${step}`), signal: new AbortController().signal });
  const first = wait('first');
  work.tell('downloading');
  const second = wait('second');
  work.tell('building');
  work.ends.resolve('image:1');
  expect(await Promise.all([first, second])).toEqual(['image:1', 'image:1']);
  expect(work.calls()).toBe(1);
  expect(steps).toEqual(['first: downloading', 'second: downloading', 'first: building', 'second: building']);
});

test('the work ends early when nobody waits for it any more', async () => {
  const work = controlled();
  const docker = new Docker();
  const [one, two] = [new AbortController(), new AbortController()];
  const first = work.image(docker, { progress: () => undefined, signal: one.signal });
  const second = work.image(docker, { progress: () => undefined, signal: two.signal });
  one.abort(new Error('off'));
  await expect(first).rejects.toThrow('off');
  expect(work.aborted()).toBe(false);
  two.abort(new Error('off too'));
  await expect(second).rejects.toThrow('off too');
  expect(work.aborted()).toBe(true);
  work.ends.reject(new Error('aborted'));
  await turn();
});

test('a failure is heard by all, and the next one begins anew', async () => {
  const work = controlled();
  const docker = new Docker();
  const signal = new AbortController().signal;
  const waiting = [
    work.image(docker, { progress: () => undefined, signal }),
    work.image(docker, { progress: () => undefined, signal }),
  ];
  work.ends.reject(new Error('no registry'));
  for (const promise of waiting) await expect(promise).rejects.toThrow('no registry');
  await expect(work.image(docker, { progress: () => undefined, signal })).rejects.toThrow('no registry');
  expect(work.calls()).toBe(2);
});
