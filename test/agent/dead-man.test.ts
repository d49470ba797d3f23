import { afterEach, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import { requestLine } from '../capture/support.ts';
import { startAgent, TestAgent } from './agent-process.ts';
import { cleanUp } from './clean-up.ts';
import { type Host, network, ruleset } from './namespaces.ts';
import { Client, keepCalling, Program, serve } from './programs.ts';

afterEach(cleanUp);

const curl = ['curl', '-sS', '-m', '2'] as const;

/** Calls again and again until it is answered; how long that took, ms. */
async function untilAnswered(from: Host, url: string): Promise<number> {
  const start = performance.now();
  for (;;) {
    const answered = await from.run('curl', '-sS', '-m', '0.7', url).catch(() => '');
    if (answered !== '') return performance.now() - start;
    if (performance.now() - start > 20_000) throw new Error('it was never answered');
  }
}

test('kill -9: the table is gone with the agent, and the next call goes direct', async () => {
  const { app, peer } = await network();
  const [inPort, outPort] = await Promise.all([serve(app, 'http'), serve(peer, 'http')]);
  const agent = await startAgent(app);
  expect(ruleset(app.namespace)).toContain('table inet sidetap');
  agent.child.kill('SIGKILL');
  expect(await agent.exit()).toEqual({ code: null, signal: 'SIGKILL' });
  // nft notices that nobody speaks to it any more. In a container it dies with the agent, which is the first of its processes.
  expect(await untilAnswered(peer, `http://${app.ip4}:${inPort}/`)).toBeLessThan(10_000);
  expect(await app.run(...curl, `http://${peer.ip4}:${outPort}/`)).toMatch(/^0 /);
  await expect.poll(() => ruleset(app.namespace)).toBe('');
});

test('SIGSTOP: new calls go direct when the time is up, and are captured again when the agent goes on', async () => {
  const { app, peer } = await network();
  const port = await serve(peer, 'http');
  const agent = await startAgent(app);
  const url = `http://${peer.ip4}:${port}`;
  agent.child.kill('SIGSTOP');
  expect(await untilAnswered(app, `${url}/paused`)).toBeLessThan(10_000);
  expect(ruleset(app.namespace)).toContain('table inet sidetap');
  agent.child.kill('SIGCONT');
  await agent.next((status) => status.state === 'armed', 'armed again');
  expect(await app.run(...curl, `${url}/again`)).toMatch(/^0 /);
  await agent.sink.done((pair) => requestLine(pair).includes('/again'));
});

test('home is silent: the agent lets connections finish, removes its table and ends well', async () => {
  const { app, peer } = await network();
  const port = await serve(peer, 'http');
  const agent = await startAgent(app);
  const slow = app.run('curl', '-sS', '-m', '15', `http://${peer.ip4}:${port}/slow/5000`);
  await agent.next((status) => status.connections === 1, 'a connection');
  agent.silence();
  const start = performance.now();
  await agent.status((status) => status.state === 'disarmed' && status.reason.includes('fallen silent'), 'disarmed');
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(await app.run(...curl, `http://${peer.ip4}:${port}/direct`)).toMatch(/^0 /);
  expect(await slow).toBe('slow\n');
  expect(await agent.exit()).toEqual({ code: 0, signal: null });
  expect(agent.words).toBe('');
  expect(ruleset(app.namespace)).toBe('');
  expect(agent.sink.all().map(requestLine)).toEqual(['GET /slow/5000 HTTP/1.1']);
});

test.each(['end of input', 'SIGTERM', 'stop'] as const)('%s: connections in flight finish, nothing is left', async (how) => {
  const { app, peer } = await network();
  const [port, inPort] = await Promise.all([serve(peer, 'http'), serve(app, 'echo')]);
  const agent = await startAgent(app);
  const held = new Client(peer, app.ip4, inPort);
  held.do('send one');
  await held.said('data');
  const slow = app.run('curl', '-sS', '-m', '15', `http://${peer.ip4}:${port}/slow/1500`);
  await agent.next((status) => status.connections === 2, 'two connections');
  if (how === 'end of input') agent.child.stdin?.end();
  else if (how === 'SIGTERM') agent.child.kill('SIGTERM');
  else agent.send({ type: 'stop', drainMillis: limits.drainMillis });
  expect(await slow).toBe('slow\n');
  // Its time was bounded: there was no end to be seen to it.
  expect(await held.said('error')).toBe('error ECONNRESET');
  expect(await agent.exit()).toEqual({ code: 0, signal: null });
  expect(ruleset(app.namespace)).toBe('');
  expect(agent.statuses.at(-1)).toMatchObject({ state: 'stopped', connections: 0 });
  const row = await agent.sink.failed('capture-stopped');
  expect(row.connection).toMatchObject({ direction: 'in', upstreamPort: inPort });
});

test('calls without a pause lose nothing while capture comes and goes', async () => {
  const { app, peer } = await network();
  const port = await serve(peer, 'http');
  const url = `http://${peer.ip4}:${port}`;
  // Until its input ends.
  const script = `while ! read -t 0; do curl -sS -m 10 -o /dev/null ${url}/x || echo lost; done; echo over`;
  const calls = new Program(app.spawn(['bash', '-c', script]));
  for (let i = 0; i < 3; i++) {
    const agent = await startAgent(app);
    await agent.next((status) => status.pairsOut > 0, 'a pair');
    expect(await agent.stop(limits.drainMillis * 5)).toEqual({ code: 0, signal: null });
    expect(agent.sink.all().filter((pair) => pair.extra.failure !== undefined)).toEqual([]);
  }
  calls.child.stdin?.end();
  expect(await calls.everything()).toBe('over');
});

test('clients that keep their connections alive and never pause lose nothing either, in both directions', async () => {
  const { app, peer } = await network();
  const [inPort, outPort] = await Promise.all([serve(app, 'http'), serve(peer, 'http')]);
  for (let i = 0; i < 2; i++) {
    const agent = await startAgent(app);
    const clients = [keepCalling(peer, `http://${app.ip4}:${inPort}/in`), keepCalling(app, `http://${peer.ip4}:${outPort}/out`)];
    await agent.next((status) => status.pairsOut > 50 && status.pairsIn > 50, 'pairs both ways');
    const start = performance.now();
    expect(await agent.stop(20_000)).toEqual({ code: 0, signal: null });
    // Not one of them had to be waited for until the time was up.
    expect(performance.now() - start).toBeLessThan(19_000);
    for (const client of clients) {
      client.child.stdin?.end();
      expect(await client.everything()).toMatch(/^started\ncalls \d+$/);
    }
  }
});

test('another version of the link is refused in words, and nothing is redirected', async () => {
  const { app } = await network();
  const agent = new TestAgent(app, { link: 99 });
  expect(await agent.exit()).toEqual({ code: 1, signal: null });
  expect(agent.words).toMatch(/image is of another version.*link 99.*built anew/);
  expect(ruleset(app.namespace)).toBe('');
});

test('nft without the right to change anything, or no nft at all, is told in words', async () => {
  const { app } = await network();
  const powerless = new TestAgent(app, { nft: '/usr/sbin/nft' });
  expect(await powerless.exit()).toEqual({ code: 1, signal: null });
  expect(powerless.words).toMatch(/NET_ADMIN.*proxy mode/);
  const missing = new TestAgent(app, { nft: '/no/such/nft' });
  expect(await missing.exit()).toEqual({ code: 1, signal: null });
  expect(missing.words).toMatch(/no nft that can be run/);
});

test('a second agent in the same network is refused, and does not disturb the first', async () => {
  const { app, peer } = await network();
  const port = await serve(peer, 'http');
  const first = await startAgent(app);
  const second = new TestAgent(app, {});
  expect(await second.exit()).toEqual({ code: 1, signal: null });
  expect(second.words).toMatch(/Another agent.* nft says: Error: .*not permitted\n$/);
  expect(await app.run(...curl, `http://${peer.ip4}:${port}/x`)).toMatch(/^0 /);
  await first.sink.done((pair) => requestLine(pair).includes('/x '));
});

test('an end of home before the welcome is a clean end', async () => {
  const { app } = await network();
  const agent = new TestAgent(app, { passive: true });
  await agent.status((status) => status.state === 'disarmed', 'disarmed');
  agent.child.stdin?.end();
  expect(await agent.exit()).toEqual({ code: 0, signal: null });
  expect(agent.hello).toMatchObject({ link: 2 });
});

test('bytes that are no frames end the agent without a trace', async () => {
  const { app } = await network();
  const agent = await startAgent(app);
  agent.child.stdin?.write(Buffer.alloc(64, 0xff));
  expect(await agent.exit()).toEqual({ code: 0, signal: null });
  expect(ruleset(app.namespace)).toBe('');
  expect(agent.statuses.at(-1)).toMatchObject({ state: 'stopped', reason: expect.stringMatching(/could not be read/) });
});
