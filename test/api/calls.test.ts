import { afterEach, describe, expect, test } from 'vitest';
import { connectClient } from '../../proxy-core/api/client.ts';
import type { Handlers } from '../../proxy-core/api/handlers.ts';
import type { ApiServer } from '../../proxy-core/api/server.ts';
import { startApiServer } from '../../proxy-core/api/server.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import { call, stubHandlers } from './support.ts';

async function* failingChecks() {
  yield { id: 'a', title: 'A', outcome: 'ok' as const, detail: '' };
  throw new SidetapError('not-capturing', 'Capture is off.');
}

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function serve(change: (handlers: Handlers) => void): Promise<{ server: ApiServer; defects: unknown[] }> {
  const handlers = stubHandlers();
  change(handlers);
  const defects: unknown[] = [];
  const server = await startApiServer({ handlers, report: (error) => defects.push(error) });
  ends.push(() => server.close());
  return { server, defects };
}

async function connect(server: ApiServer): ReturnType<typeof connectClient> {
  const connection = await connectClient(server);
  ends.push(() => connection.close());
  return connection;
}

describe('errors', () => {
  test('keep their code, sentence and details, over the WebSocket and over REST', async () => {
    const { server, defects } = await serve((handlers) => {
      handlers.pairs.get = ({ id }) =>
        Promise.reject(new SidetapError('pair-not-found', `There is no pair ${id}.`, { details: { id } }));
    });
    const { client } = await connect(server);
    const error = await client.pairs.get({ id: 7 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SidetapError);
    expect(error).toMatchObject({ code: 'pair-not-found', message: 'There is no pair 7.', details: { id: 7 } });

    const answer = await call(server.url, { path: '/api/pairs/7', headers: { authorization: `Bearer ${server.token}` } });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'pair-not-found', message: 'There is no pair 7.', data: { id: 7 } });
    expect(defects).toEqual([]);
  });

  test('a wrong input names the field', async () => {
    const { server } = await serve(() => {});
    const { client } = await connect(server);
    const error = await client.pairs.list({ offset: -1 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'bad-usage', message: expect.stringContaining('offset') as string });
  });

  test('a defect is reported inside and says nothing outside', async () => {
    const { server, defects } = await serve((handlers) => {
      handlers.status = () => Promise.reject(new TypeError('secret detail'));
    });
    const { client } = await connect(server);
    const error = await client.status().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') as string });
    expect(defects).toHaveLength(1);
  });

  test('a stream that fails ends with its error', async () => {
    const { server } = await serve((handlers) => {
      handlers.doctor = () => {
        return Promise.resolve(failingChecks());
      };
    });
    const { client } = await connect(server);
    const seen: string[] = [];
    const error = await (async () => {
      for await (const check of await client.doctor()) seen.push(check.id);
      return null;
    })().catch((thrown: unknown) => thrown);
    expect(seen).toEqual(['a']);
    expect(error).toBeInstanceOf(SidetapError);
    expect(error).toMatchObject({ code: 'not-capturing', message: 'Capture is off.' });
  });

  test('no server: says that nothing runs', async () => {
    const { server } = await serve(() => {});
    await server.close();
    await expect(connectClient(server)).rejects.toMatchObject({ code: 'engine-not-running' });
  });

  test('a wrong token: says so without a connection', async () => {
    const { server } = await serve(() => {});
    await expect(connectClient({ url: server.url, token: 'x' })).rejects.toMatchObject({ code: 'engine-not-running' });
  });

  test('a call that is open when the connection ends fails', async () => {
    const { server } = await serve((handlers) => {
      handlers.status = () => new Promise(() => {});
    });
    const connection = await connect(server);
    const pending = connection.client.status().catch((thrown: unknown) => thrown);
    const closed = new Promise<void>((resolve) => {
      connection.onClose(resolve);
    });
    await server.close();
    await closed;
    expect(await pending).toMatchObject({ code: 'engine-not-running' });
  });
});

describe('REST', () => {
  test('reads switches in a query string as what they say', async () => {
    const seen: boolean[] = [];
    const { server } = await serve((handlers) => {
      handlers.export.curl = ({ reveal }) => {
        seen.push(reveal ?? false);
        return Promise.resolve({ command: 'curl', masked: [], bodyFile: null, notes: [] });
      };
    });
    const headers = { authorization: `Bearer ${server.token}` };
    for (const query of ['', '?reveal=false', '?reveal=0', '?reveal=true']) {
      expect((await call(server.url, { path: `/api/pairs/1/curl${query}`, headers })).status).toBe(200);
    }
    expect(seen).toEqual([false, false, false, true]);
  });

  test('never serves captured content as anything but JSON', async () => {
    const { server } = await serve((handlers) => {
      handlers.pairs.body = () =>
        Promise.resolve({
          base64: Buffer.from('<script>alert(1)</script>').toString('base64'),
          offset: 0,
          totalBytes: 25,
          complete: true,
          problem: '',
        });
    });
    const headers = { authorization: `Bearer ${server.token}`, accept: 'text/html' };
    const answer = await call(server.url, { path: '/api/pairs/1/body?side=response', headers });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.body).not.toContain('<script>');
  });

  test('streams events', async () => {
    const { server } = await serve(() => {});
    const answer = await call(server.url, { path: '/api/live', headers: { authorization: `Bearer ${server.token}` } });
    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(answer.body).toContain('event: message');
    expect(answer.body).toContain('"revision":1');
  });

  test('has nothing elsewhere', async () => {
    const { server } = await serve(() => {});
    const headers = { authorization: `Bearer ${server.token}` };
    expect((await call(server.url, { path: '/api/nothing', headers })).status).toBe(404);
    expect((await call(server.url, { method: 'POST', path: '/api/status', headers })).status).toBe(404);
  });
});
