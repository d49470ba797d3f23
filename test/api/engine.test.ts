import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectClient } from '../../proxy-core/api/client.ts';
import type { EngineProcessEvent } from '../../proxy-core/api/process-messages.ts';
import { stopMessage } from '../../proxy-core/api/process-messages.ts';
import { isDataDirLocked, readRunInfo } from '../../proxy-core/data-dir.ts';
import { startEngine } from '../../proxy-core/engine.ts';
import { echo, Stage } from '../cli/support.ts';

let dataDir: string;
const ends: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'sidetap-engine-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await rm(dataDir, { recursive: true });
});

async function engineHere() {
  const engine = await startEngine({ dataDir });
  ends.push(() => engine.stop());
  return engine;
}

const anywhere = { inPort: 0, outPort: 0 };

describe('capture', () => {
  test('goes on and off again and again, counts anew, and keeps what it recorded', async () => {
    const stage = await Stage.open();
    ends.push(() => stage.end());
    const app = await stage.serve(echo);
    const { client } = await engineHere();
    expect((await client.status()).capture).toMatchObject({ state: 'off', inbound: null, outbound: null });
    for (let round = 1; round <= 3; round += 1) {
      const on = await client.capture.start({ app: String(app.port), ...anywhere });
      expect(on).toMatchObject({ state: 'on', app: `http://localhost:${app.port}`, pairsIn: 0, pairsOut: 0 });
      await (await fetch(`${String(on.inbound?.url)}/${round}`)).text();
      await client.pairs.flush();
      expect((await client.status()).capture).toMatchObject({ pairsIn: 1 });
      expect((await client.pairs.list({})).total).toBe(round);
      expect(await client.capture.stop()).toMatchObject({ state: 'off', inbound: null, startedAt: null });
    }
    await expect(client.capture.stop()).rejects.toMatchObject({ code: 'not-capturing' });
  });

  test('a port that is taken leaves it off, with nothing half open, and ready for the next try', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { client } = await engineHere();
    await expect(client.capture.start({ inPort: 0, outPort: port })).rejects.toMatchObject({
      code: 'port-in-use',
      message: expect.stringContaining(String(port)) as string,
    });
    expect((await client.status()).capture).toMatchObject({ state: 'off', connections: 0 });
    other.close();
    await once(other, 'close');
    expect(await client.capture.start({ inPort: 0, outPort: port })).toMatchObject({ state: 'on', outbound: { port } });
    await expect(client.capture.start(anywhere)).rejects.toMatchObject({ code: 'already-capturing' });
  });

  test.each([
    [{ app: 'not a target' }, 'bad-usage'],
    [{ extraCa: '/no/such/file' }, 'bad-usage'],
    [{ extraCa: tmpdir() }, 'bad-usage'],
    // Without end; where there is no such file it is refused as well.
    [{ extraCa: '/dev/zero' }, 'bad-usage'],
    [{ app: '4143', inPort: 4143 }, 'proxy-loop'],
  ])('%j is refused as %s', async (options, code) => {
    const { client } = await engineHere();
    await expect(client.capture.start({ outPort: 0, ...options })).rejects.toMatchObject({ code });
    expect((await client.status()).capture.state).toBe('off');
  });

  test('of two starts at once one wins', async () => {
    const { client } = await engineHere();
    const outcomes = await Promise.allSettled([client.capture.start(anywhere), client.capture.start(anywhere)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('an engine', () => {
  test('serves the same operations to clients elsewhere, and tells them what changes', async () => {
    const engine = await engineHere();
    const connection = await connectClient({ url: engine.api.url, token: engine.api.token });
    ends.push(async () => connection.close());
    const states: string[] = [];
    const events = await connection.client.live();
    await connection.client.capture.start(anywhere);
    for await (const { status } of events) {
      states.push(status.capture.state);
      if (status.capture.state === 'on') break;
    }
    expect(states.at(-1)).toBe('on');
    expect(await connection.client.filter.check({ filter: 'status:200' })).toEqual({ ok: true });
    expect(await connection.client.filter.check({ filter: 'status:200 (' })).toMatchObject({
      ok: false,
      column: expect.any(Number) as number,
    });
    const { caPath, pem } = await connection.client.certificates();
    expect(caPath).toBe(path.join(dataDir, 'ca.pem'));
    expect(pem).toContain('BEGIN CERTIFICATE');
    expect((await connection.client.setup({ shell: 'fish' })).lines).toContain('set -gx');
  });

  test('ends when a client asks, and gives its directory back', async () => {
    const engine = await engineHere();
    const { client, onClose } = await connectClient({ url: engine.api.url, token: engine.api.token });
    const closed = new Promise<void>((resolve) => {
      onClose(resolve);
    });
    expect(await client.shutdown()).toEqual({ stopping: true });
    await Promise.all([engine.ended, closed]);
    expect(readRunInfo(dataDir)).toBeNull();
    expect(isDataDirLocked(dataDir)).toBe(false);
    await engine.stop();
    await (await engineHere()).stop();
  });

  test('keeps others off its directory', async () => {
    await engineHere();
    await expect(startEngine({ dataDir })).rejects.toMatchObject({ code: 'data-dir-in-use' });
    expect(readRunInfo(dataDir)).not.toBeNull();
  });

  test('shows defects that nobody called for, and goes on', async () => {
    const engine = await engineHere();
    engine.report(new Error('unforeseen'));
    const { notices } = await engine.client.status();
    expect(notices).toMatchObject([{ id: 'defect', level: 'error', text: expect.stringContaining('unforeseen') as string }]);
  });

  test('runs the demo: a shop, its traffic, and the capture of it', async () => {
    const { client } = await engineHere();
    const status = await client.demo.start();
    expect(status).toMatchObject({ demo: true, capture: { state: 'on' } });
    await expect(client.capture.start(anywhere)).rejects.toMatchObject({ code: 'already-capturing' });
    const directions = new Set<string>();
    while (directions.size < 2) {
      await client.pairs.flush();
      for (const { direction } of (await client.pairs.list({})).rows) directions.add(direction);
    }
    expect(await client.demo.stop()).toMatchObject({ demo: false, capture: { state: 'off' } });
    const again = await client.demo.start();
    expect(again.demo).toBe(true);
    expect(await client.capture.stop()).toMatchObject({ state: 'off' });
    expect((await client.status()).demo).toBe(false);
  });
});

async function answer(child: ChildProcess): Promise<EngineProcessEvent> {
  const [message] = (await once(child, 'message')) as [EngineProcessEvent];
  return message;
}

async function ready(child: ChildProcess): Promise<Extract<EngineProcessEvent, { event: 'ready' }>> {
  const event = await answer(child);
  if (event.event !== 'ready') throw new Error(event.message);
  return event;
}

describe('an engine’s process', () => {
  const program = path.join(import.meta.dirname, '../../proxy-core/engine-process.ts');

  function start(): ChildProcess {
    const child = fork(program, [JSON.stringify({ dataDir, notice: 'It was started again.' })], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    ends.push(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    });
    return child;
  }

  test.each([
    ['the stop message', (child: ChildProcess) => child.send(stopMessage)],
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['SIGINT', (child: ChildProcess) => child.kill('SIGINT')],
    ['its parent going away', (child: ChildProcess) => child.disconnect()],
  ])('says when it is ready, and ends in order at %s', async (_name, end) => {
    const child = start();
    const { url, token } = await ready(child);
    const { client, close } = await connectClient({ url, token });
    expect((await client.status()).notices).toMatchObject([{ text: 'It was started again.' }]);
    await client.capture.start(anywhere);
    close();
    const exit = once(child, 'exit');
    end(child);
    expect(await exit).toEqual([0, null]);
    expect(readRunInfo(dataDir)).toBeNull();
    await expect(access(path.join(dataDir, 'engine.pid'))).rejects.toThrow('ENOENT');
  });

  test('is where the one before it was, if that is free', async () => {
    const urls: string[] = [];
    const run = async (): Promise<void> => {
      const child = start();
      urls.push((await ready(child)).url);
      const exit = once(child, 'exit');
      child.send(stopMessage);
      await exit;
    };
    await run();
    await run();
    expect(urls[1]).toBe(urls[0]);
    const other = createServer().listen(Number(new URL(urls[0] ?? '').port), '127.0.0.1');
    await once(other, 'listening');
    await run();
    expect(urls[2]).not.toBe(urls[0]);
    other.close();
    await run();
    expect(urls[3]).toBe(urls[2]);
  });

  test('says why it cannot, and which engine is there instead', async () => {
    const engine = await engineHere();
    const child = start();
    const exit = once(child, 'exit');
    expect(await answer(child)).toEqual({
      event: 'failed',
      message: expect.stringContaining(String(process.pid)) as string,
      running: engine.api,
    });
    expect(await exit).toEqual([1, null]);
  });
});
