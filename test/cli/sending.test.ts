import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReplayManyProgress } from '../../proxy-core/rrpair/replay-many.ts';
import { echo, Stage } from './support.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

/** Some recorded pairs of an application, and no engine any more. */
async function recorded(requests: readonly (readonly [string, RequestInit?])[]): Promise<{ port: number }> {
  const app = await stage.serve(echo);
  const capture = await stage.capture('--port', String(app.port));
  for (const [path, init] of requests) await (await fetch(`${String(capture.ready.inbound)}${path}`, init)).text();
  capture.child.kill('SIGINT');
  await capture.ended;
  return app;
}

const progressOf = (stdout: string): ReplayManyProgress[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReplayManyProgress);

describe('export --as', () => {
  test('writes code, secrets masked unless they are asked for, and says what it cannot reproduce', async () => {
    await recorded([
      [
        '/a?token=s3cr3t-in-url',
        { method: 'POST', body: '{"n":1}', headers: { 'content-type': 'application/json', connection: 'close' } },
      ],
    ]);
    const masked = await stage.run('export', '--as', 'python', '1');
    expect(masked).toMatchObject({ code: 0, stderr: expect.stringContaining('Secrets were masked') as string });
    expect(masked.stdout).toMatch(/^(?:# .*\n)*import requests/);
    expect(masked.stdout).not.toContain('s3cr3t');
    const revealed = await stage.run('export', '--as', 'fetch', '--reveal', '1');
    expect(revealed.stdout).toContain('s3cr3t-in-url');
    expect(revealed.stdout).toContain('// fetch adds Connection');
    const raw = await stage.run('export', '--as', 'raw', '--reveal', '1');
    expect(raw.stdout).toMatch(/^POST \/a\?token=s3cr3t-in-url HTTP\/1\.1\r\n[\s\S]*\r\n\r\n\{"n":1\}$/);
    expect(await stage.run('export', '--as', 'cobol', '1')).toMatchObject({ code: 2 });
  });
});

describe('replay of many', () => {
  test('by a filter, several times, with progress as JSON lines; the new pairs are linked', async () => {
    await recorded([['/a'], ['/b'], ['/c']]);
    const run = await stage.run('replay', '--filter', 'path:/a OR path:/b', '--times', '3', '--concurrency', '2', '--json');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(progressOf(run.stdout).at(-1)).toMatchObject({ state: 'done', total: 6, sent: 6, equal: 6, different: 0, failed: 0 });
    const pairs = await stage.pairs();
    expect(pairs.filter(({ replayOf }) => replayOf === 1)).toHaveLength(3);
    expect(pairs.filter(({ replayOf }) => replayOf === 3)).toHaveLength(0);
  });

  test('elsewhere, with what differs for people; an engine that runs does it too', async () => {
    await recorded([['/a'], ['/b']]);
    const other = await stage.serve((request, response) => {
      response.statusCode = request.url === '/b' ? 503 : 200;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ method: 'GET', url: request.url, body: 'changed' }));
    });
    await stage.capture('--port', String(other.port));
    const run = await stage.run('replay', '1', '2', '--to', other.url, '--rate', '50');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('2 requests of 2 sent');
    expect(run.stdout).toContain('0 answers as recorded, 2 different');
    expect(run.stdout).toMatch(/#1 as #\d+: body \$\.body/);
    expect(run.stdout).toMatch(/#2 as #\d+: 200 → 503; body \$\.body/);
  });

  test('no answer is a failure, and so is a pair that is not there', async () => {
    const app = await recorded([['/a']]);
    const refused = await stage.run('replay', '--filter', '', '--to', 'http://127.0.0.1:1', '--times', '2', '--json');
    expect(refused.code).toBe(1);
    expect(progressOf(refused.stdout).at(-1)).toMatchObject({ failed: 2, different: 2 });
    const missing = await stage.run('replay', '1', '99', '--json', '--to', `http://127.0.0.1:${app.port}`);
    expect(missing.code).toBe(1);
    expect(progressOf(missing.stdout).at(-1)).toMatchObject({ answered: 1, skipped: 1, problems: [{ original: 99 }] });
  });

  test('Ctrl-C ends it and says how far it came', async () => {
    await recorded([['/a']]);
    const running = stage.start(['replay', '1', '--times', '100000', '--rate', '20', '--json']);
    await running.line;
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(progressOf(ended.stdout).at(-1)?.sent).toBeLessThan(1_000);
  });

  test.each([
    [['replay'], /their ids or --filter/],
    [['replay', '1', '--filter', 'x'], /their ids or --filter/],
    [['replay', '1', '--rate', 'slow'], /recorded, fast, or a number/],
    [['replay', '1', '--times', '0'], /above 0/],
    [['replay', '--filter', '', '--to', 'ftp://x'], /is no target/],
  ])('%j is refused', async (args, message) => {
    const run = await stage.run(...args);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(message) as string });
  });
});

describe('send', () => {
  test('sends what a curl command says, records it, and names what it leaves aside', async () => {
    const app = await stage.serve(echo);
    const run = await stage.run('send', '--curl', `curl -sS '${app.url}/x?status=201' -H 'X-A: b' -d 'a=1' -o out`, '--json');
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/left out: -s, -S, -o/) as string });
    const { pair } = JSON.parse(run.stdout) as { pair: { id: number; status: string; command: string } };
    expect(pair).toMatchObject({ status: '201', command: 'POST', source: 'replay', replayOf: null });
    const shown = await stage.run('show', String(pair.id), '--body', 'response');
    expect(JSON.parse(shown.stdout)).toEqual({ method: 'POST', url: '/x?status=201', body: 'a=1' });
  });

  test('compares with the pair that it was made from, and reads the command from stdin', async () => {
    const app = await recorded([['/a']]);
    const run = await stage.start(['send', '--curl', '-', '--replay-of', '1'], { stdin: `curl http://127.0.0.1:${app.port}/b` })
      .ended;
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^#2 \(made from #1\): GET .*\/b → 200/);
    expect(run.stdout).toContain('$.url');
    expect((await stage.pairs())[0]).toMatchObject({ id: 2, replayOf: 1 });
  });

  test('says what is wrong with a command that is none', async () => {
    expect(await stage.run('send', '--curl', 'wget http://x')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no curl command') as string,
    });
  });
});
