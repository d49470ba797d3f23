import { once } from 'node:events';
import { access, chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { echo, Stage } from './support.ts';

/** `start capture … -- COMMAND` */

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

const free = ['start', 'capture', '--in-port', '0', '--out-port', '0'];

test.each([
  ['its exit code', ['sh', '-c', 'exit 7'], 7],
  ['success', ['true'], 0],
  ['128 + n where signal n ended it', ['sh', '-c', 'kill -9 $$'], 137],
])('ends with %s', async (_name, command, code) => {
  const ended = await stage.run(...free, '--', ...command);
  expect(ended).toMatchObject({ code, stdout: '' });
  await expect(access(path.join(stage.home, 'run.json'))).rejects.toThrow('ENOENT');
});

test('a command that is not there: says so, and ends with 1', async () => {
  const ended = await stage.run(...free, '--', 'no-such-command-anywhere');
  expect(ended.code).toBe(1);
  expect(ended.stderr).toMatch(/sidetap: There is no command no-such-command-anywhere\..+\n$/);
});

test('its output is its own: stdout, stdin and stderr pass, the banner stands on stderr', async () => {
  const ended = await stage.start([...free, '--', 'sh', '-c', 'cat; echo oops >&2'], { stdin: 'from stdin' }).ended;
  expect(ended).toMatchObject({ code: 0, stdout: 'from stdin' });
  expect(ended.stderr).toContain('Sidetap is capturing');
  expect(ended.stderr).toContain('oops');
});

test('with --json stdout is one line, whatever the command prints', async () => {
  const ended = await stage.run(...free, '--json', '--', 'sh', '-c', 'echo out; echo err >&2');
  expect(ended.code).toBe(0);
  expect(ended.stdout.split('\n')).toHaveLength(2);
  expect(JSON.parse(ended.stdout)).toMatchObject({ event: 'ready' });
  expect(ended.stderr).toContain('out\n');
  expect(ended.stderr).toContain('err\n');
});

test('takes options of the command as the command’s, with and without --', async () => {
  const script = path.join(stage.home, 'args');
  await writeFile(script, '#!/bin/sh\necho "$@"\n');
  await chmod(script, 0o755);
  const plain = await stage.run(...free, script, '--port', '1', '--json', '--', 'x');
  expect(plain).toMatchObject({ code: 0, stdout: '--port 1 --json -- x\n' });
  const dashed = await stage.run(...free, '--', script, '--version');
  expect(dashed).toMatchObject({ code: 0, stdout: '--version\n' });
});

test('what it calls is captured, over loopback too: curl, Node and Python', async () => {
  const api = await stage.serve(echo);
  const script = `curl -sf ${api.url}/curl && node -e "fetch('${api.url}/node').then(r => r.text())" && python3 -c "import urllib.request as u; u.urlopen('${api.url}/python')"`;
  const ended = await stage.start([...free, '--', 'sh', '-c', script], {
    env: { PATH: `${path.dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, NO_PROXY: 'localhost,127.0.0.1' },
  }).ended;
  expect(ended.code).toBe(0);
  const pairs = await stage.pairs('--filter', 'direction:out');
  expect(pairs.map(({ location }) => location).toSorted()).toEqual(['/curl', '/node', '/python']);
});

test('has the variables of its runtimes, and none of ours', async () => {
  const ended = await stage.run(...free, '--', 'env');
  const variables = Object.fromEntries(
    ended.stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  expect(variables).toMatchObject({
    http_proxy: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    HTTPS_PROXY: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
    NO_PROXY: '',
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: expect.stringContaining(`${stage.home}/ca`) as string,
    JAVA_TOOL_OPTIONS: expect.stringContaining('trustStore') as string,
  });
  expect(variables).not.toHaveProperty('NODE_COMPILE_CACHE');
});

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s goes on to the command, and both end', async (signal, code) => {
  const running = stage.start([...free, '--', 'sh', '-c', 'echo started; exec sleep 1000']);
  await running.line;
  running.child.kill(signal);
  expect(await running.ended).toMatchObject({ code, stdout: 'started\n' });
  await expect(access(path.join(stage.home, 'run.json'))).rejects.toThrow('ENOENT');
});

test('a command that handles the signal decides itself how it ends', async () => {
  const script =
    "process.on('SIGINT', () => { console.log('bye'); process.exit(5); }); console.log('started'); setInterval(() => {}, 1e6)";
  const running = stage.start([...free, '--', process.execPath, '-e', script]);
  await running.line;
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 5, stdout: 'started\nbye\n' });
});

test('whoever read the JSON line may go away: capture and command go on', async () => {
  const app = await stage.serve(echo);
  const running = stage.start([...free, '--json', '--port', String(app.port), '--', 'sh', '-c', 'sleep 0.5; echo late; exit 3']);
  const { inbound } = JSON.parse(await running.line) as { inbound: string };
  running.child.stdout?.destroy();
  await fetch(`${inbound}/still`);
  const [code] = (await once(running.child, 'exit')) as [number];
  expect(code).toBe(3);
  expect(await stage.pairs()).toMatchObject([{ location: '/still' }]);
});
