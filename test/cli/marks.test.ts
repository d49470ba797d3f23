import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { put, range } from '../store/pairs.ts';
import { echo, Stage } from './support.ts';

/** `mark`, and what `list` and `show` say of it. */

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  const store = await openStore(stage.home);
  await put(store, ...range(1, 4).map((id) => ({ id })));
  await store.close();
});
afterAll(() => stage.end());

describe('without an engine', () => {
  test('pairs are coloured and noted, found by it, and printed with it', async () => {
    expect((await stage.run('list')).stdout).not.toContain('MARK');
    const marked = await stage.run('mark', '1', '3', '--colour', 'red', '--note', 'ask Ana', '--json');
    expect(marked).toMatchObject({ code: 0, stderr: '' });
    expect(
      marked.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([1, 3].map((id) => ({ id, colour: 'red', note: 'ask Ana', pinned: true })));
    expect((await stage.pairs('--filter', 'colour:red note:ana')).map(({ id, colour, note }) => [id, colour, note])).toEqual([
      [3, 'red', 'ask Ana'],
      [1, 'red', 'ask Ana'],
    ]);
    const { stdout } = await stage.run('list');
    expect(stdout.split('\n')[0]).toMatch(/SIZE +MARK$/);
    expect(stdout).toMatch(/red: ask Ana\n/);
    expect((await stage.run('show', '3')).stdout).toContain('\nMarked red: ask Ana\n');
    expect(JSON.parse((await stage.run('show', '3', '--json')).stdout)).toMatchObject({ colour: 'red', note: 'ask Ana' });
  });

  test('one of the two is changed alone, and both are taken away', async () => {
    expect(await stage.run('mark', '2', '--colour', 'blue')).toMatchObject({
      code: 0,
      stdout: '1 pair marked blue, and pinned.\n',
    });
    expect((await stage.run('mark', '2', '--note', 'later', '--json')).stdout).toContain('"colour":"blue","note":"later"');
    expect((await stage.run('mark', '2', '--colour', 'none', '--json')).stdout).toContain('"colour":null,"note":"later"');
    expect(await stage.run('mark', '2', '--clear')).toMatchObject({ code: 0, stdout: '1 pair unmarked.\n' });
    expect((await stage.pairs('--filter', 'id:2'))[0]).toMatchObject({ colour: null, note: '', pinned: true });
  });

  test('a note does nothing to the terminal', async () => {
    await stage.run('mark', '4', '--note', 'one\n\u001b]0;owned\u0007two\u202e');
    const shown = (await stage.run('show', '4')).stdout;
    expect(shown).toContain('Marked one\n\\x1b]0;owned\\x07two\\u202e\n');
    expect(shown + (await stage.run('list')).stdout).not.toMatch(/[\u001b\u202e]/);
    await stage.run('mark', '4', '--clear');
  });

  test.each([
    [['mark', '1'], 'Say what to put on the pairs'],
    [['mark', '--colour', 'red'], 'id'],
    [['mark', '1', '--colour', 'pink'], 'pink'],
    [['mark', '1', '--clear', '--note', 'x'], 'not both'],
    [['mark', '1', '--note', 'x'.repeat(limits.noteChars + 1)], '2000 characters'],
    [['mark', 'x', '--clear'], 'id'],
  ])('%j is bad usage', async (args, says) => {
    const { code, stdout, stderr } = await stage.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  test('a pair that is not there is named, and the others are marked', async () => {
    const { code, stdout, stderr } = await stage.run('mark', '1', '99', '--colour', 'green');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '1 pair marked green, and pinned.\n' });
    expect(stderr).toBe('sidetap: There is no pair 99; it may have been deleted to keep the store small.\n');
  });
});

test('with an engine it is the engine that marks', async () => {
  const app = await stage.serve(echo);
  const { ready } = await stage.capture('--port', String(app.port));
  await (await fetch(`${String(ready.inbound)}/marked`)).text();
  const [pair] = await stage.pairs('--filter', 'path:/marked');
  expect(await stage.run('mark', String(pair?.id), '--colour', 'purple')).toMatchObject({ code: 0 });
  expect(await stage.pairs('--filter', 'colour:purple')).toMatchObject([{ location: '/marked', pinned: true }]);
});
