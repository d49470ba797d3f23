import { afterEach, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../proxy-core/api/client.ts';
import { connectClient } from '../../proxy-core/api/client.ts';
import { LiveHub } from '../../proxy-core/api/live.ts';
import { containerHandlers } from '../../proxy-core/api/operations/containers.ts';
import type { ApiServer } from '../../proxy-core/api/server.ts';
import { startApiServer } from '../../proxy-core/api/server.ts';
import type { ErrorCode } from '../../proxy-core/errors.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import { limits } from '../../proxy-core/limits.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { ScriptedContainers, sampleContainer } from '../support/scripted-containers.ts';
import type { Answer } from './support.ts';
import { call, sampleStatus, stubHandlers } from './support.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Stage {
  server: ApiServer;
  client: ApiClient;
  mode: ScriptedContainers;
  /** One call over REST. */
  rest: (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answer>;
}

async function stage(...containers: Container[]): Promise<Stage> {
  const hub = new LiveHub({ status: () => ({ ...sampleStatus(), docker: mode.status() }) });
  const mode = new ScriptedContainers(containers, () => hub.changed());
  const handlers = stubHandlers();
  handlers.live = (_input, { signal }) => Promise.resolve(hub.events(signal));
  handlers.containers = containerHandlers(mode);
  const server = await startApiServer({ handlers, report: (error) => expect.fail(String(error)) });
  const { client, close } = await connectClient(server);
  ends.push(async () => {
    close();
    hub.close();
    await server.close();
  });
  const rest: Stage['rest'] = (method, path, body) =>
    call(server.url, {
      method,
      path: `/api${path}`,
      headers: { authorization: `Bearer ${server.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  return { server, client, mode, rest };
}

const web = { container: 'web' };
const shop = { project: 'shop', on: true };
const key = { chainPem: 'chain', keyPem: 'key' };

/** Every operation over REST, what container mode is told by it, and the same over the WebSocket. */
const operations: [path: string, body: unknown, told: unknown[], overWebSocket: (client: ApiClient) => Promise<unknown>][] = [
  ['/attach', web, ['attach', 'web'], ({ containers }) => containers.attach(web)],
  ['/detach', web, ['detach', 'web'], ({ containers }) => containers.detach(web)],
  ['/project', shop, ['switchProject', 'shop', true], ({ containers }) => containers.switchProject(shop)],
  ['/trust', { ...web, how: 'twin' }, ['trust', 'web', 'twin'], ({ containers }) => containers.trust({ ...web, how: 'twin' })],
  ['/untrust', web, ['untrust', 'web'], ({ containers }) => containers.untrust(web)],
  ['/server-key', { ...web, key }, ['serverKey', 'web', key], ({ containers }) => containers.serverKey({ ...web, key })],
  [
    '/server-key',
    { ...web, key: null },
    ['serverKey', 'web', null],
    ({ containers }) => containers.serverKey({ ...web, key: null }),
  ],
  ['/remove', web, ['remove', 'web'], ({ containers }) => containers.remove(web)],
];

describe('each operation', () => {
  test.each(operations)('POST %s %j', async (path, body, told, overWebSocket) => {
    const one = await stage(sampleContainer('web', { project: 'shop' }));
    const result = await overWebSocket(one.client);
    const other = await stage(sampleContainer('web', { project: 'shop' }));
    const answer = await other.rest('POST', `/containers${path}`, body);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(result);
    expect([one.mode.calls, other.mode.calls]).toEqual([[told], [told]]);
  });

  test('the list is the same on both ways', async () => {
    const { client, rest } = await stage(sampleContainer('web'), sampleContainer('db'));
    const list = await client.containers.list();
    expect(list.map(({ name }) => name)).toEqual(['web', 'db']);
    expect(JSON.parse((await rest('GET', '/containers')).body)).toEqual(list);
  });

  test('an image needs nothing but its name', async () => {
    const { client, mode, rest } = await stage();
    const made = await client.containers.run({
      image: 'nginx',
      ports: ['8080:80'],
      env: ['A=1'],
      command: ['nginx', '-t'],
      name: 'a',
    });
    expect(made).toMatchObject({ name: 'a', madeByUs: true, ports: [{ host: 8080, container: 80 }] });
    expect((await rest('POST', '/containers/run', { image: 'worker' })).status).toBe(200);
    expect(mode.calls).toEqual([
      ['run', { image: 'nginx', ports: ['8080:80'], env: ['A=1'], volumes: [], command: ['nginx', '-t'], name: 'a' }],
      ['run', { image: 'worker', ports: [], env: [], volumes: [], command: [] }],
    ]);
  });
});

describe('what goes wrong', () => {
  test.each<[ErrorCode, number]>([
    ['docker-unavailable', 503],
    ['container-not-found', 404],
    ['container-not-capturable', 409],
    ['container-busy', 409],
    ['container-change-failed', 500],
    ['agent-failed', 500],
    ['agent-image-failed', 500],
    ['image-not-found', 404],
  ])('%s keeps its code and its sentence', async (code, status) => {
    const { client, mode, rest } = await stage(sampleContainer('web'));
    mode.failures.set('attach', new SidetapError(code, 'What happened, and what to do.', { details: { container: 'web' } }));
    const error = await client.containers.attach({ container: 'web' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SidetapError);
    expect(error).toMatchObject({ code, message: 'What happened, and what to do.', details: { container: 'web' } });
    const answer = await rest('POST', '/containers/attach', { container: 'web' });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ code, message: 'What happened, and what to do.' });
  });

  test.each([
    ['/attach', {}],
    ['/attach', { container: '' }],
    ['/trust', { container: 'web', how: 'image' }],
    ['/project', { project: 'shop' }],
    ['/server-key', { container: 'web', key: { chainPem: 'chain' } }],
    ['/run', { ports: ['80:80'] }],
  ])('POST %s %j is refused before container mode hears of it', async (path, body) => {
    const { mode, rest } = await stage(sampleContainer('web'));
    const answer = await rest('POST', `/containers${path}`, body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'bad-usage' });
    expect(mode.calls).toEqual([]);
  });

  test('without the token nobody touches a container', async () => {
    const { server, mode } = await stage(sampleContainer('web'));
    const headers = { 'content-type': 'application/json' };
    const answer = await call(server.url, { method: 'POST', path: '/api/containers/attach', headers, body: '{"container":"web"}' });
    expect(answer.status).toBe(401);
    expect(mode.calls).toEqual([]);
  });
});

describe('meanwhile', () => {
  test('a switch that takes its time holds up nothing else, and goes on when its caller has left', async () => {
    const { server, client, mode } = await stage(sampleContainer('web'), sampleContainer('db'));
    const gate = Promise.withResolvers<void>();
    mode.gates.set('attach', gate.promise);
    const leaving = await connectClient(server);
    const abandoned = leaving.client.containers.attach({ container: 'web' }).catch((thrown: unknown) => thrown);
    while (mode.calls.length === 0) await client.containers.list();
    mode.change('web', { capture: { state: 'attaching', step: 'Building the agent image (step 2 of 5)' } });
    expect((await client.containers.list())[0]?.capture).toMatchObject({
      state: 'attaching',
      step: 'Building the agent image (step 2 of 5)',
    });
    leaving.close();
    expect(await abandoned).toMatchObject({ code: 'engine-not-running' });
    gate.resolve();
    let state = '';
    while (state !== 'on') state = (await client.containers.list())[0]?.capture.state ?? '';
  });

  test('a thousand changes are a few events, and the last one is among them', async () => {
    const { client, mode } = await stage(sampleContainer('web'));
    const events = await client.live();
    expect((await events.next()).value).toMatchObject({ status: { docker: { state: 'ready', revision: 1, capturing: 0 } } });
    for (let count = 1; count < 1_000; count += 1) mode.change('web', { capture: { connections: count } });
    await client.containers.attach({ container: 'web' });
    const revisions: number[] = [];
    const started = performance.now();
    while (revisions.at(-1) !== 1_001) {
      const { value, done } = await events.next();
      if (done === true) throw new Error('the events have ended');
      const { docker } = value.status;
      revisions.push(docker.revision);
      if (docker.revision === 1_001) expect(docker.capturing).toBe(1);
    }
    expect(revisions.length).toBeLessThan(5 + ((performance.now() - started) / 1_000) * limits.noticesPerSecond);
  });
});
