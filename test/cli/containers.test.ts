import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Status } from '../../proxy-core/api/contract.ts';
import { LiveHub } from '../../proxy-core/api/live.ts';
import { containerHandlers } from '../../proxy-core/api/operations/containers.ts';
import { startApiServer } from '../../proxy-core/api/server.ts';
import { writeRunInfo } from '../../proxy-core/data-dir.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import { sampleStatus, stubHandlers } from '../api/support.ts';
import { ScriptedContainers, sampleContainer } from '../support/scripted-containers.ts';
import type { Running } from './support.ts';
import { Stage } from './support.ts';

/** The command beside an engine whose containers do what the test says: for what Docker cannot be brought into. */

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

interface StandIn {
  mode: ScriptedContainers;
  /** What the command said to the engine beside container mode. */
  said: string[];
  /** Resolves when a command follows what happens. */
  watched: () => Promise<void>;
  change: (status: Partial<Status>) => void;
}

/** An engine on the stage's data directory, as the window has it or, with `endsWithCapture`, `start capture`. */
async function engine(
  containers = [sampleContainer('web', { project: 'shop' }), sampleContainer('db', { project: 'shop' }), sampleContainer('other')],
  { endsWithCapture = false } = {},
): Promise<StandIn> {
  let status: Status = sampleStatus();
  const said: string[] = [];
  const hub = new LiveHub({ status: () => ({ ...status, docker: mode.status() }) });
  const mode = new ScriptedContainers(containers, () => hub.changed());
  const handlers = stubHandlers();
  handlers.status = () => Promise.resolve({ ...status, docker: mode.status() });
  handlers.live = (_input, { signal }) => Promise.resolve(hub.events(signal));
  handlers.containers = containerHandlers(mode);
  handlers.capture.stop = () => {
    said.push('capture.stop');
    return Promise.resolve(status.capture);
  };
  handlers.pairs.flush = () => Promise.resolve({ revision: 1 });
  handlers.pairs.list = ({ filter }) => {
    said.push(filter);
    return Promise.resolve({ rows: [], offset: 0, total: 7, hiddenNoise: 0, complete: true, revision: 1 });
  };
  handlers.shutdown = () => {
    said.push('shutdown');
    return Promise.resolve({ stopping: true });
  };
  const server = await startApiServer({ handlers, report: (error) => expect.fail(String(error)) });
  stage.onEnd(async () => {
    hub.close();
    await server.close();
  });
  writeRunInfo(stage.home, { pid: process.pid, api: server.url, token: server.token, startedAt: '', endsWithCapture });
  const change = (rest: Partial<Status>): void => {
    status = { ...status, ...rest };
    hub.changed();
  };
  const watched = async (): Promise<void> => {
    while (hub.watchers === 0) await new Promise(setImmediate);
  };
  return { mode, said, watched, change };
}

async function says(running: Running, text: string): Promise<void> {
  while (!running.stderr().includes(text)) await once(running.child.stderr ?? running.child, 'data');
}

const start = (...args: string[]): Running => stage.start(['start', 'capture', ...args]);

describe('start capture', () => {
  test('switches containers on through the engine that runs, says so in one line, and off again at the end', async () => {
    const { mode } = await engine();
    const running = start('--json', '--container', 'web', '--container', 'db', '--trust', 'bundle');
    expect(JSON.parse(await running.line)).toMatchObject({
      event: 'ready',
      inbound: null,
      outbound: null,
      token: expect.any(String) as string,
      containers: [
        { name: 'web', inPorts: [8080], outbound: true, trust: 'bundle' },
        { name: 'db', inPorts: [8080], outbound: true, trust: 'bundle' },
      ],
    });
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(mode.calls.map(([name, container]) => `${String(name)} ${String(container)}`).toSorted()).toEqual(
      ['attach web', 'attach db', 'trust web', 'trust db', 'detach web', 'detach db'].toSorted(),
    );
  });

  test('leaves on what somebody else had switched on', async () => {
    const { mode } = await engine();
    await mode.attach('web');
    const running = start('--json', '--container', 'web', '--container', 'db');
    await running.line;
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(mode.list().map(({ name, capture }) => [name, capture.state])).toEqual([
      ['web', 'on'],
      ['db', 'off'],
      ['other', 'off'],
    ]);
  });

  test('a whole project, and says what of it cannot be captured', async () => {
    const refusal = 'It uses the network of the host.';
    const { mode } = await engine([
      sampleContainer('web', { project: 'shop' }),
      sampleContainer('vpn', { project: 'shop', refusal }),
    ]);
    const running = start('--json', '--project', 'shop');
    expect(JSON.parse(await running.line)).toMatchObject({ containers: [{ name: 'web' }] });
    await says(running, `sidetap: vpn is not captured: ${refusal}\n`);
    running.child.kill('SIGINT');
    await running.ended;
    expect(mode.list().some(({ capture }) => capture.state === 'on')).toBe(false);
  });

  test('one that fails takes the others back, and ends with 1 and one sentence', async () => {
    const { mode } = await engine();
    const ended = await stage.run('start', 'capture', '--json', '--container', 'web', '--container', 'nowhere');
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: 'sidetap: There is no container nowhere.\n' });
    expect(mode.calls.at(-1)).toEqual(['detach', 'web']);
    expect(mode.list()[0]?.capture.state).toBe('off');
  });

  test('a project without containers ends with 1 and says how to find one', async () => {
    await engine();
    const ended = await stage.run('start', 'capture', '--project', 'nowhere');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^sidetap: There is no container of the compose project nowhere\. .*sidetap containers.*\n$/);
  });

  test('tells the steps while they are taken, and Ctrl-C ends it in the middle of them', async () => {
    const { mode } = await engine();
    const gate = Promise.withResolvers<void>();
    mode.gates.set('attach', gate.promise);
    const running = start('--json', '--container', 'web');
    while (mode.calls.length === 0) await new Promise(setImmediate);
    mode.change('web', { capture: { state: 'attaching', step: 'Building the agent image (2 of 5)' } });
    await says(running, 'sidetap: web: Building the agent image (2 of 5)\n');
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, stdout: '' });
    expect(mode.calls.at(-1)).toEqual(['detach', 'web']);
    gate.resolve();
  });

  test('waits until Docker was found; when it was not, says why and ends with 1', async () => {
    const { mode, watched } = await engine();
    mode.docker = { ...mode.docker, state: 'connecting' };
    const running = start('--container', 'web');
    await watched();
    mode.docker = { ...mode.docker, state: 'unavailable', problem: 'You may not use Docker: join the group docker.' };
    mode.touch();
    expect(await running.ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'sidetap: You may not use Docker: join the group docker.\n',
    });
  });

  test('tells what happens to its container meanwhile, and ends when it is switched off elsewhere', async () => {
    const { mode } = await engine();
    const running = start('--json', '--container', 'web');
    await running.line;
    mode.change('web', { capture: { state: 'waiting' } });
    await says(running, 'web: It has stopped; capture resumes when it runs again.');
    mode.change('web', { capture: { state: 'on' } });
    await says(running, 'web: It runs again and is captured.');
    mode.change('web', { trust: { state: 'untrusted', refused: [{ destination: 'pay.example:443', reason: 'unknown CA' }] } });
    await says(running, 'TLS to pay.example:443 passes unread');
    mode.change('web', { capture: { state: 'off' } });
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(running.stderr()).toContain('web: Its capture was switched off.');
    expect(running.stderr()).not.toContain('other');
  });

  test('an image: says where it listens, and removes it at the end', async () => {
    const { mode } = await engine();
    const running = start(
      '--json',
      '--image',
      'nginx',
      '--port-mapping',
      '18080:80',
      '--env',
      'A=1',
      '--name',
      'n',
      '--',
      'nginx',
      '-t',
    );
    expect(JSON.parse(await running.line)).toMatchObject({
      event: 'ready',
      inbound: null,
      outbound: null,
      containers: [{ name: 'n', image: 'nginx', inPorts: [80] }],
      listens: ['http://127.0.0.1:18080'],
    });
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(mode.calls).toEqual([
      ['run', { image: 'nginx', ports: ['18080:80'], env: ['A=1'], volumes: [], name: 'n', command: ['nginx', '-t'] }],
      ['remove', expect.any(String)],
    ]);
    expect(mode.list().map(({ name }) => name)).not.toContain('n');
  });

  test('an image that is not there ends with 1', async () => {
    const { mode } = await engine();
    mode.failures.set('run', new SidetapError('image-not-found', 'There is no image nowhere:1. Check its name, or pull it.'));
    const ended = await stage.run('start', 'capture', '--image', 'nowhere:1');
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'sidetap: There is no image nowhere:1. Check its name, or pull it.\n',
    });
  });

  test.each([
    ['--image', 'x', '--port', '3000'],
    ['--port-mapping', '1:2'],
    ['--container', 'web', '--in-port', '1'],
    ['--container', ''],
    ['--container', 'web', '--trust', 'faith'],
    ['--trust', 'bundle'],
  ])('%s %s %s %s is bad usage', async (...args) => {
    const ended = await stage.run('start', 'capture', ...args.filter((arg) => arg !== undefined));
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^sidetap: .+\n$/);
  });
});

describe('stop capture', () => {
  test('--container switches off that one, and the last one ends an engine that is there for it', async () => {
    const { mode, said } = await engine(undefined, { endsWithCapture: true });
    await mode.attach('web');
    await mode.attach('db');
    mode.change('web', { capture: { since: '2026-11-20T10:00:00.000Z' } });
    const first = await stage.run('stop', 'capture', '--container', 'web');
    expect(first).toMatchObject({ code: 0, stdout: 'Capture of web is off. 7 pairs recorded; `sidetap list` shows them.\n' });
    expect(said.splice(0)).toEqual(['source:="web" time:>=2026-11-20T10:00:00.000Z']);
    const last = await stage.run('stop', 'capture', '--container', mode.list()[1]?.id.slice(0, 12) ?? '', '--json');
    expect(last).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(last.stdout)).toMatchObject({ event: 'stopped', pairs: 0, containers: [{ name: 'db' }], engine: 'ended' });
    expect(said).toEqual(['shutdown']);
  });

  test('--container ends no engine while an application on this machine is captured', async () => {
    const { mode, said, change } = await engine(undefined, { endsWithCapture: true });
    await mode.attach('web');
    change({ capture: { ...sampleStatus().capture, state: 'on' } });
    const ended = await stage.run('stop', 'capture', '--container', 'web', '--json');
    expect(JSON.parse(ended.stdout)).toMatchObject({ engine: 'running' });
    expect(said).toEqual([]);
  });

  test('switches off everything in a window’s engine, removes what was made, and leaves the engine', async () => {
    const { mode, said } = await engine();
    await mode.attach('web');
    await mode.run({ image: 'nginx', name: 'made', ports: [], env: [], volumes: [], command: [] });
    const ended = await stage.run('stop', 'capture', '--json');
    expect(JSON.parse(ended.stdout)).toMatchObject({
      event: 'stopped',
      containers: [{ name: 'web' }, { name: 'made' }],
      engine: 'running',
    });
    expect(said).toEqual(['capture.stop']);
    expect(mode.list().map(({ name, capture }) => `${name} ${capture.state}`)).toEqual(['web off', 'db off', 'other off']);
  });

  test('what cannot be undone is said, and ends with 1', async () => {
    const { mode } = await engine();
    await mode.attach('web');
    mode.failures.set(
      'detach',
      new SidetapError('container-change-failed', 'The original of web cannot be started: its port is taken.'),
    );
    const ended = await stage.run('stop', 'capture', '--container', 'web');
    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'sidetap: The original of web cannot be started: its port is taken.\n',
    });
  });

  test.each([
    ['nowhere', /^sidetap: There is no container.* nowhere\. .+\n$/],
    ['web', /^sidetap: web is not captured\.\n$/],
  ])('--container %s, of which nothing is captured, ends with 1', async (name, sentence) => {
    await engine();
    const ended = await stage.run('stop', 'capture', '--container', name);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(sentence);
  });
});

describe('containers', () => {
  test('lists them by project, with what is captured and trusted', async () => {
    const { mode } = await engine();
    await mode.attach('web');
    await mode.trust('web', 'twin');
    mode.change('web', {
      ports: [{ container: 8080, host: 18080, protocol: 'tcp' }],
      health: 'healthy',
      trust: { state: 'trusted' },
    });
    mode.change('other', { refusal: 'It uses the network of the host.' });
    const { code, stdout, stderr } = await stage.run('containers');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'other: It uses the network of the host.\n' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^NAME +PROJECT +IMAGE +STATE +PORTS +CAPTURE +TRUST$/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/))).toEqual([
      ['other', 'shop/app:1', 'running', 'cannot be captured'],
      ['db', 'shop', 'shop/app:1', 'running', 'off'],
      ['web', 'shop', 'shop/app:1', 'running (healthy)', '18080→8080', 'on (in on 8080, out)', 'trusted (twin)'],
    ]);
    const json = await stage.run('containers', '--json');
    expect(
      json.stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name),
    ).toEqual(['other', 'db', 'web']);
  });

  test('without Docker ends with 1 and says what to do', async () => {
    const { mode } = await engine();
    mode.docker = { ...mode.docker, state: 'unavailable', problem: 'Docker does not run. Start it.' };
    expect(await stage.run('containers')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'sidetap: Docker does not run. Start it.\n',
    });
  });
});

describe('trust', () => {
  test('changes a container and takes it back', async () => {
    const { mode } = await engine();
    await mode.attach('web');
    expect(await stage.run('trust', 'web', '--how', 'restart')).toMatchObject({ code: 0, stdout: 'web: unknown (restart)\n' });
    const undone = await stage.run('trust', 'web', '--undo', '--json');
    expect(JSON.parse(undone.stdout)).toMatchObject({ name: 'web', trust: { applied: null } });
    expect(mode.calls.slice(1)).toEqual([
      ['trust', 'web', 'restart'],
      ['untrust', 'web'],
    ]);
  });

  test.each([[[]], [['--how', 'bundle', '--undo']], [['--how', 'faith']]])('%j is bad usage', async (args) => {
    expect(await stage.run('trust', 'web', ...args)).toMatchObject({ code: 2, stdout: '' });
  });

  test('without an engine says how to capture', async () => {
    const ended = await stage.run('trust', 'web', '--how', 'twin');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^sidetap: web is not captured\. .*start capture --container web --trust twin.*\n$/);
  });
});
