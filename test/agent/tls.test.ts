import { afterEach, expect, test } from 'vitest';
import { requestLine } from '../capture/support.ts';
import { type StartAgent, startAgent, type TestAgent } from './agent-process.ts';
import { cleanUp } from './clean-up.ts';
import { type Host, type Network, network } from './namespaces.ts';
import { serve } from './programs.ts';
import { type TestCa, testCa } from './test-ca.ts';

afterEach(cleanUp);

const name = 'pay.example';

/** A service with TLS whose CA the agent knows, an agent, and a way to call the service. */
async function service(options: StartAgent = {}): Promise<{
  net: Network;
  agent: TestAgent;
  port: number;
  world: TestCa;
  ours: TestCa;
  /** curl in the application, trusting one CA; answers what came, or curl's exit code. */
  call: (path: string, trust: TestCa, ...more: string[]) => Promise<string>;
}> {
  const [net, world, ours] = [await network(), await testCa('World'), await testCa('Ours')];
  const leaf = await world.leaf(name);
  const port = await serve(net.peer, 'https', 0, leaf.keyPath, leaf.certPath);
  const agent = await startAgent(net.app, {
    welcome: { extraCaPem: [world.pem] },
    leaf: (asked) => ours.leaf(asked),
    ...options,
  });
  const call = (path: string, trust: TestCa, ...more: string[]): Promise<string> =>
    curl(
      net.app,
      '--cacert',
      trust.path,
      '--resolve',
      `${name}:${port}:${net.peer.ip4}`,
      ...more,
      `https://${name}:${port}${path}`,
    );
  return { net, agent, port, world, ours, call };
}

async function curl(host: Host, ...options: string[]): Promise<string> {
  return host.run('curl', '-sS', '-m', '15', ...options).catch((error: { code?: number }) => `exit ${error.code}`);
}

test('TLS is decrypted for an application that trusts our CA, under the name that it asked for', async () => {
  const { agent, port, ours, call } = await service();
  expect(await call('/secret', ours)).toMatch(/^0 /);
  const pair = await agent.sink.done((one) => requestLine(one) === 'GET /secret HTTP/1.1');
  expect(pair.connection).toMatchObject({ protocol: 'https', upstreamHost: name, upstreamPort: port, direction: 'out' });
  expect(pair.connection.clientTls).toMatchObject({ decrypted: true, serverName: name });
  expect(agent.leafNames).toEqual([name]);
  expect(agent.tls).toEqual([
    { type: 'tls', direction: 'out', destination: `${name}:${port}`, decrypted: true, reason: '', distrusted: false },
  ]);
  // Told once, asked for once.
  expect(await call('/again', ours)).toMatch(/^0 /);
  await agent.sink.done((one) => requestLine(one) === 'GET /again HTTP/1.1');
  expect(agent.leafNames).toHaveLength(1);
  expect(agent.tls).toHaveLength(1);
});

test('an application that does not trust our CA sees one error for a destination, until trust has changed', async () => {
  const { agent, world, ours, call } = await service();
  expect(await call('/first', world)).toBe('exit 60');
  expect(await agent.tlsSeen((seen) => seen.distrusted)).toMatchObject({
    decrypted: false,
    reason: expect.stringMatching(/does not trust/),
  });
  for (let i = 0; i < 3; i++) expect(await call('/direct', world)).toMatch(/^0 /);
  const row = await agent.sink.done((one) => one.connection.protocol === 'tls' && one.extra.failure === undefined);
  expect(row.connection.clientTls).toMatchObject({
    decrypted: false,
    serverName: name,
    reason: expect.stringMatching(/does not trust/),
  });
  expect(row.connection.upstreamHost).toBe(name);
  expect(agent.tls.every((seen) => seen.distrusted)).toBe(true);
  // Nothing of ours was said in the window's notices: the container's trust state tells.
  expect(agent.notices).toEqual([]);
  agent.send({ type: 'trust-changed' });
  expect(await call('/trusted', ours)).toMatch(/^0 /);
  await agent.sink.done((one) => requestLine(one) === 'GET /trusted HTTP/1.1');
  await agent.tlsSeen((seen) => seen.decrypted);
});

test('of many connections at once to a new destination, no more than one sees an error', async () => {
  const { world, ours, call } = await service();
  const answers = await Promise.all(Array.from({ length: 8 }, () => call('/many', world)));
  expect(answers.filter((answer) => answer === 'exit 60').length).toBeLessThanOrEqual(1);
  expect(answers.filter((answer) => answer.startsWith('0 ')).length).toBeGreaterThanOrEqual(7);
  expect(await call('/other-client', ours, '--tls-max', '1.2')).toMatch(/^0 /);
});

test('many connections at once of an application that trusts us are all decrypted', async () => {
  const { agent, ours, call } = await service();
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => call(`/many/${i}`, ours)));
  expect(answers.every((answer) => answer.startsWith('0 '))).toBe(true);
  for (let i = 0; i < 8; i++) await agent.sink.done((one) => requestLine(one) === `GET /many/${i} HTTP/1.1`);
});

test('a server that we cannot vouch for is left to the application to judge', async () => {
  const { agent, world, call } = await service({ welcome: {} });
  for (let i = 0; i < 2; i++) expect(await call('/private', world)).toMatch(/^0 /);
  expect(agent.tls).toEqual([
    expect.objectContaining({ decrypted: false, distrusted: false, reason: expect.stringMatching(/cannot vouch.*--extra-ca/) }),
  ]);
});

test('no leaf from home: the connection passes undecrypted', async () => {
  const { agent, world, call } = await service({ leaf: undefined });
  expect(await call('/x', world)).toMatch(/^0 /);
  expect(agent.tls).toEqual([expect.objectContaining({ decrypted: false, reason: expect.stringMatching(/makes no leaves/) })]);
});

test('TLS that the application serves is read with its own key pair only', async () => {
  const { app, peer } = await network();
  const world = await testCa('World');
  const leaf = await world.leaf('shop.example');
  const port = await serve(app, 'https', 0, leaf.keyPath, leaf.certPath);
  const agent = await startAgent(app);
  const call = (path: string): Promise<string> =>
    curl(peer, '--cacert', world.path, '--resolve', `shop.example:${port}:${app.ip4}`, `https://shop.example:${port}${path}`);
  expect(await call('/unread')).toMatch(/^0 /);
  const row = await agent.sink.done((one) => one.connection.protocol === 'tls');
  expect(row.connection).toMatchObject({ direction: 'in', upstreamHost: 'shop' });
  expect(row.connection.clientTls).toMatchObject({ serverName: 'shop.example', decrypted: false });
  expect(agent.tls).toEqual([expect.objectContaining({ direction: 'in', decrypted: false, distrusted: false })]);

  agent.send({ type: 'server-key', key: { chainPem: leaf.chainPem, keyPem: leaf.keyPem } });
  await agent.next(() => true, 'a sign that it was heard');
  expect(await call('/read')).toMatch(/^0 /);
  const pair = await agent.sink.done((one) => requestLine(one) === 'GET /read HTTP/1.1');
  expect(pair.connection).toMatchObject({ direction: 'in', protocol: 'https' });

  agent.send({ type: 'server-key', key: { chainPem: 'nonsense', keyPem: 'nonsense' } });
  await agent.next(() => true, 'a sign that it was heard');
  expect(agent.notices).toEqual([expect.objectContaining({ id: 'server-key-unusable', level: 'error' })]);
  expect(await call('/unread-again')).toMatch(/^0 /);
});
