import { afterEach, expect, test } from 'vitest';
import { limits } from '../../proxy-core/limits.ts';
import { requestLine } from '../capture/support.ts';
import { startAgent } from './agent-process.ts';
import { cleanUp } from './clean-up.ts';
import { network } from './namespaces.ts';
import { serve } from './programs.ts';

afterEach(cleanUp);

test('a home that takes nothing costs bodies, then pairs, and never the application’s time', async () => {
  const { app, peer } = await network();
  const port = await serve(peer, 'http');
  const agent = await startAgent(app, { takesNothing: true });
  const url = `http://${peer.ip4}:${port}/bytes/1000000`;
  // One URL range: a hundred requests over one connection.
  const times = await app.run('curl', '-sS', '-m', '60', '-o', '/dev/null', '-w', '%{size_download} ', `${url}?[1-100]`);
  expect(times.trim().split(' ')).toEqual(Array.from({ length: 100 }, () => '1000000'));
  const status = await agent.next(({ pairsOut, shed }) => pairsOut + shed.pairs === 100, '100 pairs');
  expect(status.state).toBe('armed');
  expect(status.shed.bodies).toBeGreaterThan(50);
  const written = agent.sink.all().filter((pair) => pair.state === 'done');
  expect(written.length + status.shed.pairs).toBe(100);
  expect(written.filter((pair) => pair.bodyShed)).toHaveLength(status.shed.bodies);
  const sent = written.reduce((sum, pair) => sum + pair.responseBody.length, 0);
  expect(sent).toBeLessThan(limits.agentQueueBytes.hard + limits.bodyKeptBytes);
});

test('a home that does not even read is no reason to wait', async () => {
  const { app, peer } = await network();
  const port = await serve(peer, 'http');
  const agent = await startAgent(app);
  agent.child.stdout?.pause();
  const url = `http://${peer.ip4}:${port}/bytes/1000000?[1-100]`;
  // It would wait for good.
  await app.run('curl', '-sS', '-m', '60', '-o', '/dev/null', url);
  agent.child.stdout?.resume();
  await agent.next(({ pairsOut, shed }) => pairsOut + shed.pairs === 100, '100 pairs');
  // And on it goes.
  expect(await app.run('curl', '-sS', '-m', '5', `http://${peer.ip4}:${port}/after`)).toMatch(/^0 /);
  await agent.sink.done((pair) => requestLine(pair).includes('/after'));
});

test('too few descriptors: new connections go direct instead of being refused', async () => {
  const { app, peer } = await network();
  const [port, http] = await Promise.all([serve(peer, 'echo'), serve(peer, 'http')]);
  const agent = await startAgent(app, { descriptors: 400 });
  const hold = `import socket,sys,time
held=[socket.create_connection(('${peer.ip4}',${port})) for _ in range(180)]
for s in held: s.sendall(b'x'); assert s.recv(1)==b'x'
print('held',flush=True); sys.stdin.read()`;
  const holder = app.spawn(['python3', '-c', hold]);
  const full = await agent.status((status) => status.state === 'disarmed' && status.connections > 100, 'disarmed');
  expect(full.reason).toMatch(/limit of open files.*go direct/);
  expect(await app.run('curl', '-sS', '-m', '5', `http://${peer.ip4}:${http}/direct`)).toMatch(/^0 /);
  holder.stdin?.end();
  await agent.next((status) => status.state === 'armed' && status.connections === 0, 'armed again');
  expect(await app.run('curl', '-sS', '-m', '5', `http://${peer.ip4}:${http}/captured`)).toMatch(/^0 /);
  await agent.sink.done((pair) => requestLine(pair).includes('/captured'));
  expect(agent.sink.all().some((pair) => requestLine(pair).includes('/direct'))).toBe(false);
});
