import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { requestLine } from '../capture/support.ts';
import { startAgent } from './agent-process.ts';
import { cleanUp } from './clean-up.ts';
import { network } from './namespaces.ts';
import { pattern } from './pattern.ts';
import { Client, serve } from './programs.ts';

afterEach(cleanUp);

/** A reset may come before curl has looked at its connection for the first time. */
const REFUSED = /reset|Failed to connect/i;

const curl = ['curl', '-sS', '-m', '15'] as const;

test('calls into and out of the application are captured, over IPv4 and IPv6, with the flow that both ends see', async () => {
  const { app, peer } = await network();
  const [inPort, outPort] = await Promise.all([serve(app, 'http'), serve(peer, 'http')]);
  const agent = await startAgent(app);
  agent.send({ type: 'names', names: { [peer.ip4]: 'backend', [peer.ip6]: 'backend' } });
  expect(agent.statuses.at(-1)?.listening).toEqual([inPort]);
  for (const [direction, from, to, port] of [
    ['in', peer, app, inPort],
    ['out', app, peer, outPort],
  ] as const) {
    for (const [from46, to46] of [
      [from.ip4, to.ip4],
      [`[${from.ip6}]`, `[${to.ip6}]`],
    ] as const) {
      expect(await from.run(...curl, '-H', 'Host: shop.example', `http://${to46}:${port}/${direction}`)).toMatch(/^0 /);
      const pair = await agent.sink.done(
        (one) => requestLine(one).includes(`/${direction} `) && one.connection.flow.includes(to46),
      );
      const { connection } = pair;
      expect(connection).toMatchObject({ direction, entry: 'transparent', source: 'shop', protocol: 'http', upstreamPort: port });
      expect(connection.upstreamHost).toBe(direction === 'in' ? 'shop' : 'backend');
      expect(connection.clientName).toBe(direction === 'in' ? 'backend' : '');
      expect(connection.flow.startsWith(`${from46}:`)).toBe(true);
      expect(connection.flow.endsWith(`>${to46}:${port}`)).toBe(true);
      expect(pair.extra.failure).toBeUndefined();
    }
  }
  expect(agent.sink.all().every((pair) => pair.connection.id >= 5_000)).toBe(true);
  expect(await agent.stop()).toEqual({ code: 0, signal: null });
  expect(agent.statuses.at(-1)).toMatchObject({ state: 'stopped', pairsIn: 2, pairsOut: 2 });
});

test('clients and servers of every kind get on as they would without us', async () => {
  const { app, peer } = await network();
  const [banner, half, echo, reset, http] = await Promise.all(
    (['banner', 'half', 'echo', 'reset', 'http'] as const).map((kind) => serve(peer, kind)),
  );
  const agent = await startAgent(app);

  // The server speaks first.
  const greeted = new Client(app, peer.ip4, banner as number);
  expect(await greeted.said('data')).toBe('data "220 ready\\r\\n"');
  greeted.do('send helo');
  expect(await greeted.said('data')).toBe('data "HELO\\n"');
  greeted.do('end');
  await greeted.said('end');

  // A closed sending side still receives.
  const halfClosed = new Client(app, peer.ip6, half as number);
  halfClosed.do('send four');
  halfClosed.do('end');
  expect(await halfClosed.said('data')).toBe('data "got 5\\n"');
  await halfClosed.said('end');

  // A reset is a reset.
  const cut = new Client(app, peer.ip4, reset as number);
  await cut.said('connected');
  cut.do('send x');
  expect(await cut.said('error')).toBe('error ECONNRESET');
  expect((await agent.sink.failed('upstream-reset')).connection.upstreamPort).toBe(reset);

  // Bytes that are no protocol at all.
  const garbage = new Client(app, peer.ip4, echo as number);
  garbage.do('send \u0016\u0003\u0001 no hello');
  expect(await garbage.said('data')).toContain('no hello');
  garbage.do('reset');
  const row = await agent.sink.done((one) => one.connection.upstreamPort === echo);
  expect(row.connection.protocol).toBe('tcp');

  // Clients without a library of ours: busybox, Python.
  const url = `http://${peer.ip4}:${http}`;
  expect(await app.run('busybox', 'wget', '-q', '-O', '-', `${url}/busybox`)).toMatch(/^0 /);
  const python = `import urllib.request as u; print(u.urlopen('${url}/python', b'abc').read().decode())`;
  expect(await app.run('python3', '-c', python)).toMatch(/^3 /);
  await agent.sink.done((one) => requestLine(one) === 'GET /busybox HTTP/1.1');
  await agent.sink.done((one) => requestLine(one) === 'POST /python HTTP/1.1');
});

test('connections that were open before are counted until they are gone, and left alone', async () => {
  const { app, peer } = await network();
  const [there, here] = await Promise.all([serve(peer, 'echo'), serve(app, 'echo')]);
  const out = new Client(app, peer.ip4, there);
  const inward = new Client(peer, app.ip6, here);
  for (const client of [out, inward]) {
    client.do('send one');
    await client.said('data');
  }
  const agent = await startAgent(app);
  expect(agent.statuses.at(-1)).toMatchObject({ state: 'armed', earlier: 2 });
  for (const client of [out, inward]) {
    client.do('send two');
    expect(await client.said('data')).toContain('two');
  }
  out.do('end');
  await out.said('end');
  await agent.status((status) => status.earlier === 1, 'one left');
  inward.do('end');
  await inward.said('end');
  await agent.status((status) => status.earlier === 0, 'none left');
  expect(agent.sink.all()).toEqual([]);
});

test('an upstream that refuses or cannot be reached costs the client a reset, and no answer of ours', async () => {
  const { app, peer } = await network();
  const agent = await startAgent(app);
  const refused = new Client(app, peer.ip4, 9);
  expect(await refused.said('error')).toBe('error ECONNRESET');
  const row = await agent.sink.failed('upstream-refused');
  expect(row.connection).toMatchObject({ upstreamHost: peer.ip4, upstreamPort: 9, protocol: 'tcp' });
  await expect(app.run(...curl, `http://${peer.ip4}:9/`)).rejects.toMatchObject({ stdout: '' });
});

test('100 MB go through in both directions, byte for byte', async () => {
  const size = 100_000_000;
  // Before there is an agent: home gives no sign of life while this is computed, and the agent takes that for its end.
  const sum = createHash('sha256').update(pattern(size)).digest('hex');
  const { app, peer } = await network();
  const port = await serve(peer, 'http');
  const agent = await startAgent(app);
  const url = `http://${peer.ip4}:${port}`;
  const script = `curl -sS -m 110 ${url}/bytes/${size} | tee >(sha256sum >&2) | curl -sS -m 110 -T - ${url}/up`;
  const answered = await app.run('bash', '-c', script);
  expect(answered).toMatch(new RegExp(`^${size} ${sum} `));
  const down = await agent.sink.done((one) => requestLine(one).startsWith('GET /bytes/'));
  expect(down.responsePayloadBytes).toBe(size);
  expect(down.responseTruncated).toBe(true);
  const up = await agent.sink.done((one) => requestLine(one).startsWith('PUT /up'));
  expect(up.requestPayloadBytes).toBe(size);
});

test('ports that the application opens later are followed, and those it closes are let go', async () => {
  const { app, peer } = await network();
  const agent = await startAgent(app);
  expect(agent.statuses.at(-1)?.listening).toEqual([]);
  const child = app.spawn(['busybox', 'nc', '-l', '-p', '8123', '-e', 'echo', 'hi']);
  await agent.status((status) => status.listening.includes(8123), 'port 8123');
  expect(await peer.run('bash', '-c', `exec 3<>/dev/tcp/${app.ip4}/8123; cat <&3`)).toBe('hi\n');
  await agent.sink.done((one) => one.connection.upstreamPort === 8123);
  child.kill('SIGKILL');
  await agent.next((status) => !status.listening.includes(8123), 'no port 8123');
});

test('what does not leave the host is left alone, and the agent’s own ports refuse', async () => {
  const { app, peer } = await network();
  const port = await serve(app, 'http');
  const agent = await startAgent(app);
  expect(await app.run(...curl, `http://127.0.0.1:${port}/local`)).toMatch(/^0 /);
  expect(await app.run(...curl, `http://${app.ip4}:${port}/self`)).toMatch(/^0 /);
  for (const address of [app.ip4, `[${app.ip6}]`]) {
    await expect(peer.run(...curl, `http://${address}:4143/`)).rejects.toThrow(/reset|Failed to connect|refused/i);
  }
  await expect(app.run(...curl, 'http://127.0.0.1:4140/')).rejects.toThrow(REFUSED);
  await agent.stop();
  expect(agent.sink.all()).toEqual([]);
});

test('an application that has the usual ports keeps them', async () => {
  const { app, peer } = await network();
  await serve(app, 'http', 4143);
  await serve(app, 'silent', 4140);
  const agent = await startAgent(app);
  expect(agent.statuses.at(-1)?.listening).toEqual([4140, 4143]);
  expect(await peer.run(...curl, `http://${app.ip4}:4143/x`)).toMatch(/^0 /);
  await agent.sink.done((one) => requestLine(one) === 'GET /x HTTP/1.1');
});
