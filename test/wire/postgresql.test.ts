import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RealServer, startPostgres } from '../../e2e/support/servers.ts';
import { postgresql } from '../../proxy-core/wire/postgresql/postgresql.ts';
import { cleanUp, makeCertificates, onCleanUp, type StoredPair, startTestCapture, type TestCapture } from '../capture/support.ts';

const run = promisify(execFile);
let server: RealServer;

beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(() => server.stop());
afterEach(cleanUp);

function captured(): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port } });
}

async function client(port: number, more: pg.ClientConfig = {}): Promise<pg.Client> {
  const made = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', ...more });
  made.on('error', () => {
    // Its end is the capture's.
  });
  onCleanUp(() => made.end());
  await made.connect();
  return made;
}

function psql(port: number, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-X', '-v', 'ON_ERROR_STOP=0', ...args], {
    timeout: 20_000,
  });
}

function brief(pair: StoredPair): string {
  const { command = '', location = '', status = '' } = pair.extra.summary ?? {};
  return `${command} ${location} → ${status}`;
}

function read(pair: StoredPair): ReturnType<typeof postgresql.read> {
  return postgresql.read({
    request: pair.requestBody,
    requestCut: pair.requestTruncated,
    response: pair.responseBody,
    responseCut: pair.responseTruncated,
    summary: pair.extra.summary ?? { command: '', location: '', status: '' },
    context: pair.extra.context ?? {},
    firstRow: 0,
  });
}

const saying = (text: string) => (pair: StoredPair) => brief(pair) === text;

test('what pg does is read: parameters, prepared statements, errors, notifications', async () => {
  const { inPort, sink } = await captured();
  const db = await client(inPort);
  await db.query('create table orders (id int primary key, total numeric, note text)');
  await db.query('insert into orders values ($1, $2, $3)', [1, '12.50', 'for Ada']);
  await db.query({ name: 'by-id', text: 'select id, total, note from orders where id = $1', values: [1] });
  const again = await db.query({ name: 'by-id', text: 'select id, total, note from orders where id = $1', values: [1] });
  expect(again.rows).toEqual([{ id: 1, total: '12.50', note: 'for Ada' }]);
  await expect(db.query('select nothing from nowhere')).rejects.toThrow('nowhere');
  await db.query('listen jobs');
  const notified = once(db, 'notification');
  await (await client(inPort)).query("notify jobs, 'forty-two'");
  await notified;

  const connect = await sink.done(saying('Connect postgres@postgres → OK'));
  expect(connect.connection.protocol).toBe('postgresql');
  const insert = await sink.done(saying('Execute insert into orders values ($1, $2, $3) → OK'));
  expect(read(insert).request.sections).toMatchObject([
    { language: 'sql' },
    {
      rows: [
        ['$1', '1', ''],
        ['$2', '12.50', ''],
        ['$3', 'for Ada', ''],
      ],
    },
  ]);
  expect(read(insert).response.sections).toMatchObject([{ text: 'INSERT 0 1' }]);
  await sink.done(saying('NOTIFY jobs → PUSH'));
  await sink.done(saying('Query select nothing from nowhere → ERR:42P01'));
  const selects = sink.all().filter(saying('Execute select id, total, note from orders where id = $1 → OK'));
  expect(selects).toHaveLength(2);
  for (const select of selects) {
    expect(read(select).request.sections).toMatchObject([
      { text: 'select id, total, note from orders where id = $1' },
      { rows: [['$1', '1', '']] },
    ]);
    expect(read(select).response.sections).toMatchObject([
      { columns: [{ name: 'id' }, { name: 'total' }, { name: 'note' }], rows: [['1', '12.50', 'for Ada']] },
      { text: 'SELECT 1' },
    ]);
  }
  expect(selects[1]?.connection.spoken).toMatchObject({
    server: expect.stringMatching(/^PostgreSQL \d+/),
    facts: expect.arrayContaining([['User', 'postgres']]),
  });
});

test('psql copies in and out, and its bytes arrive untouched', async () => {
  const { inPort, sink } = await captured();
  const direct = await psql(server.port, '-c', "select g, repeat('x', 100) from generate_series(1, 2000) g");
  const through = await psql(inPort, '-c', "select g, repeat('x', 100) from generate_series(1, 2000) g");
  expect(through.stdout).toBe(direct.stdout);
  await psql(inPort, '-c', 'create table t (a text)', '-c', 'copy t from program \'printf "a\\nb\\n"\'', '-c', 'copy t to stdout');
  await expect(psql(inPort, '-c', 'select * from missing')).rejects.toThrow('missing');
  const rows = await sink.done((pair) => brief(pair).startsWith('Query select g'));
  expect(read(rows).response.sections).toMatchObject([{ kind: 'table', total: 2_000 }, { text: 'SELECT 2000' }]);
  const out = await sink.done(saying('Query copy t to stdout → OK'));
  expect(read(out).response.sections).toMatchObject([{ kind: 'value', bytes: 4 }, { text: 'COPY 2' }]);
  await sink.done(saying('Query select * from missing → ERR:42P01'));
});

test.each(['scram-sha-256', 'md5'])('a password is kept nowhere (%s)', async (method) => {
  const user = method === 'md5' ? 'md5er' : 'secret';
  await psql(
    server.port,
    '-c',
    `set password_encryption = '${method}'`,
    '-c',
    `create role ${user} login password 'hunter2-secret'`,
  );
  const { inPort, sink } = await captured();
  const db = await client(inPort, { user, password: 'hunter2-secret' });
  await db.query('select 1');
  await expect(client(inPort, { user, password: 'hunter2-wrong' })).rejects.toThrow('password');
  await sink.done(saying('Query select 1 → OK'));
  await sink.done(saying(`Connect ${user}@postgres → ERR:28P01`));
  for (const pair of sink.all()) {
    expect(
      `${JSON.stringify(pair.extra)} ${JSON.stringify(pair.connection)} ${pair.requestBody.toString('latin1')} ${pair.responseBody.toString('latin1')}`,
    ).not.toMatch(/hunter2|,p=|md5[0-9a-f]{32}/);
  }
});

test('a cancel is seen, and the query that it ends', async () => {
  const { inPort, sink } = await captured();
  const child = spawn('psql', ['-h', '127.0.0.1', '-p', String(inPort), '-U', 'postgres', '-X', '-c', 'select pg_sleep(20)'], {
    stdio: 'ignore',
  });
  const gone = once(child, 'exit');
  await sink.find((pair) => pair.state === 'open' && brief(pair) === 'Query select pg_sleep(20) → ', 'the open query');
  child.kill('SIGINT');
  await gone;
  await sink.done(saying('Query select pg_sleep(20) → ERR:57014'));
  const cancel = await sink.done((pair) => brief(pair).startsWith('Cancel process'));
  expect(cancel.requestBody.subarray(12).toString()).toBe('****');
});

test.each(['simple', 'extended', 'prepared'])('every statement of pgbench is a pair (%s)', async (mode) => {
  const { inPort, sink } = await captured();
  const bench = ['-h', '127.0.0.1', '-U', 'postgres', 'postgres'];
  await run('pgbench', ['-p', String(server.port), '-i', '-q', ...bench], { timeout: 20_000 });
  await run('pgbench', ['-p', String(inPort), '-n', '-S', '-M', mode, '-c', '2', '-t', '50', ...bench], { timeout: 20_000 });
  const selects = (): StoredPair[] =>
    sink.all().filter((pair) => pair.state === 'done' && /^(?:Query|Execute) SELECT abalance/.test(brief(pair)));
  await sink.find(() => selects().length === 100, '100 statements');
  expect(selects().every((pair) => pair.extra.summary?.status === 'OK' && pair.extra.failure === undefined)).toBe(true);
});

describe('TLS that is agreed on in the clear', () => {
  let secured: RealServer;
  let upstreamCa = '';

  beforeAll(async () => {
    const { ca, cert, key } = await makeCertificates();
    upstreamCa = ca;
    secured = await startPostgres({ cert, key });
  }, 60_000);
  afterAll(() => secured.stop());

  const app = (): { app: { tls: boolean; host: string; port: number } } => ({
    app: { tls: false, host: '127.0.0.1', port: secured.port },
  });

  test('is opened where both sides can be vouched for', async () => {
    const { inPort, sink, authority } = await startTestCapture({ ...app(), extraCaPem: [upstreamCa] });
    const db = await client(inPort, { ssl: { ca: authority.pem, servername: 'localhost' } });
    expect((await db.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).rows).toEqual([{ ssl: true }]);
    const pair = await sink.done((each) => brief(each).startsWith('Query select ssl'));
    expect(pair.connection).toMatchObject({
      protocol: 'postgresql',
      clientTls: { decrypted: true },
      upstreamTls: { decrypted: true },
    });
    expect(sink.all().map(brief)).toEqual([
      'Connect postgres@postgres → OK',
      'Query select ssl from pg_stat_ssl where pid = pg_backend_pid() → OK',
    ]);
  });

  test('passes unread where we cannot vouch for the server', async () => {
    const { inPort, sink } = await startTestCapture(app());
    const db = await client(inPort, { ssl: { ca: upstreamCa, servername: 'localhost' } });
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await db.end();
    const row = await sink.done();
    expect(row.connection).toMatchObject({
      protocol: 'tls',
      clientTls: { decrypted: false, reason: expect.stringContaining('cannot vouch') },
    });
  });

  test('passes unread from the second connection on where the client does not trust us', async () => {
    const { inPort, sink } = await startTestCapture({ ...app(), extraCaPem: [upstreamCa] });
    const config = { ssl: { ca: upstreamCa, servername: 'localhost' } };
    await expect(client(inPort, config)).rejects.toThrow();
    await sink.failed('client-rejected-certificate');
    const db = await client(inPort, config);
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
