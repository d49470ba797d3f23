import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import mysql2 from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type RealServer, startMariadb } from '../../e2e/support/servers.ts';
import { describePair } from '../../proxy-core/detect/describe.ts';
import { mysql } from '../../proxy-core/wire/mysql/mysql.ts';
import { cleanUp, makeCertificates, onCleanUp, type StoredPair, startTestCapture, type TestCapture } from '../capture/support.ts';
import { brief, everything, readPair, saying } from './support/decoded.ts';

const run = promisify(execFile);
let server: RealServer;
let upstreamCa = '';

beforeAll(async () => {
  const { ca, cert, key } = await makeCertificates();
  upstreamCa = ca;
  server = await startMariadb({ ca, cert, key });
  const user = "create user secret identified by 'hunter2-secret'; grant all on shop.* to secret";
  await mariadb(server.port, '-e', `create database shop; ${user}`);
}, 60_000);
afterAll(() => server.stop());
afterEach(cleanUp);

function captured(extraCaPem: string[] = []): Promise<TestCapture> {
  return startTestCapture({ app: { tls: false, host: '127.0.0.1', port: server.port }, extraCaPem });
}

function mariadb(port: number, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  // Otherwise it goes on with TLS whenever the server can.
  const fixed = ['--no-defaults', '--skip-ssl', '-h', '127.0.0.1', '-P', String(port), '--protocol=tcp', '-u', 'root'];
  return run('mariadb', [...fixed, ...args], { timeout: 20_000 });
}

async function client(port: number, more: mysql2.ConnectionOptions = {}): Promise<mysql2.Connection> {
  const made = await mysql2.createConnection({ host: '127.0.0.1', port, user: 'root', ...more });
  made.on('error', () => {
    // Its end is the capture's.
  });
  onCleanUp(() => made.destroy());
  return made;
}

test('the client of MariaDB is read, and its bytes arrive untouched', async () => {
  const { inPort, sink } = await captured();
  const sql = "select seq, repeat('x', 100) as text from mysql.seq_1_to_1500";
  const direct = await mariadb(server.port, '-e', sql);
  const through = await mariadb(inPort, '-e', sql);
  expect(through.stdout).toBe(direct.stdout);
  await expect(mariadb(inPort, '-e', 'select * from mysql.missing')).rejects.toThrow('missing');
  const rows = await sink.done((pair) => brief(pair).startsWith('Query select seq'));
  expect(readPair(mysql, rows).response.sections).toMatchObject([{ kind: 'table', total: 1_500 }, { text: '1500 rows' }]);
  await sink.done(saying('Query select * from mysql.missing → ERR:1146'));
  const connect = await sink.done(saying('Connect root → OK'));
  expect(connect.connection).toMatchObject({ protocol: 'mysql', spoken: { server: expect.stringMatching(/^MariaDB \d+/) } });
  const described = describePair({ ...connect, failure: null, summary: connect.extra.summary ?? null });
  expect(described.technologies).toEqual(['MariaDB', 'MySQL']);
});

test('what mysql2 does is read: prepared statements with parameters, several results, changes of user and database', async () => {
  const { inPort, sink } = await captured();
  const db = await client(inPort, { database: 'shop', multipleStatements: true });
  await db.query(
    'create table orders (id bigint unsigned primary key auto_increment, total decimal(10,2), note text, at datetime)',
  );
  await db.execute('insert into orders (total, note, at) values (?, ?, ?)', ['12.50', 'for Ada', '2024-05-06 07:08:09']);
  await db.execute('insert into orders (total, note, at) values (?, ?, ?)', ['0.99', null, null]);
  const [found] = await db.execute('select id, total, note, at, id > 1 as late from orders where id < ?', [5]);
  expect(found).toHaveLength(2);
  const [several] = await db.query("select 1 as one; select 'two' as two; update orders set note = 'x' where id = 2");
  expect(several).toHaveLength(3);
  await expect(db.query('selec')).rejects.toThrow('syntax');
  await db.ping();
  await db.changeUser({ user: 'secret', password: 'hunter2-secret', database: 'shop' });
  await db.query('use shop');

  await sink.done(saying('Connect root@shop → OK'));
  const insert = await sink.done(saying('Execute insert into orders (total, note, at) values (?, ?, ?) → OK'));
  expect(readPair(mysql, insert)).toMatchObject({
    request: {
      sections: [
        { text: 'insert into orders (total, note, at) values (?, ?, ?)' },
        {
          rows: [
            ['?1', '12.50', expect.any(String)],
            ['?2', 'for Ada', expect.any(String)],
            ['?3', '2024-05-06 07:08:09', expect.any(String)],
          ],
        },
      ],
    },
    response: { sections: [{ text: '1 row affected, last insert id 1' }] },
  });
  const select = readPair(
    mysql,
    await sink.done(saying('Execute select id, total, note, at, id > 1 as late from orders where id < ? → OK')),
  );
  expect(select.response.sections[0]).toMatchObject({
    columns: [
      { name: 'id', type: 'bigint unsigned' },
      { name: 'total', type: 'decimal' },
      { name: 'note', type: 'text' },
      { name: 'at', type: 'datetime' },
      { name: 'late' },
    ],
    rows: [
      ['1', '12.50', 'for Ada', '2024-05-06 07:08:09', '0'],
      ['2', '0.99', null, null, '1'],
    ],
  });
  const results = readPair(mysql, await sink.done((pair) => brief(pair).startsWith('Query select 1 as one;')));
  expect(results.response.sections).toMatchObject([
    { rows: [['1']] },
    { title: 'Rows of result 2', rows: [['two']] },
    { text: expect.stringContaining('1 row affected') },
  ]);
  await sink.done(saying('Query selec → ERR:1064'));
  await sink.done(saying('Ping  → OK'));
  await sink.done(saying('ChangeUser secret@shop → OK'));
  const last = await sink.done(saying('Query use shop → OK'));
  expect(last.connection.spoken?.facts).toContainEqual(['User', 'secret']);
  expect(sink.all().every((pair) => pair.extra.failure === undefined)).toBe(true);
});

test('a file that the client sends, and a statement of more than 16 MB', async () => {
  const { inPort, sink } = await captured();
  const file = join(server.folder, 'numbers');
  writeFileSync(file, '1\n2\n3\n');
  const load = `load data local infile '${file}' into table shop.numbers`;
  const { stdout } = await mariadb(
    inPort,
    '--local-infile=1',
    '-e',
    `create table shop.numbers (n int); ${load}; select count(*) from shop.numbers`,
  );
  expect(stdout).toContain('3');
  const sent = await sink.done((pair) => brief(pair).startsWith('Query load data'));
  expect(readPair(mysql, sent).request.sections).toMatchObject([{ language: 'sql' }, { title: 'File sent', bytes: 6 }]);
  expect(sent.requestBody.toString('latin1')).toContain('1\n2\n3\n');

  const db = await client(inPort, { infileStreamFactory: () => Readable.from([Buffer.from('4\n'), Buffer.from('5\n')]) });
  await db.query("load data local infile 'stream' into table shop.numbers");
  const streamed = await sink.done((pair) => brief(pair).startsWith("Query load data local infile 'stream'"));
  expect(readPair(mysql, streamed).request.sections).toMatchObject([{}, { title: 'File sent', bytes: 4 }]);

  const long = 'x'.repeat(17 * 1024 * 1024);
  const [rows] = await db.query<mysql2.RowDataPacket[]>(`select length('${long}') as n, '${long}' as text`);
  expect(rows[0]).toMatchObject({ n: long.length });
  expect(rows[0]?.['text'] === long).toBe(true);
  const pair = await sink.done((each) => brief(each).startsWith('Query select length('));
  expect(pair.requestWireBytes).toBeGreaterThan(2 * long.length);
  expect(pair.extra.summary?.status).toBe('OK');
  await db.query('select 1');
  await sink.done(saying('Query select 1 → OK'));
});

test('a password is kept nowhere, nor what proves that somebody has it', async () => {
  const { inPort, sink } = await captured();
  await (await client(inPort, { user: 'secret', password: 'hunter2-secret' })).query('select 1');
  await expect(client(inPort, { user: 'secret', password: 'hunter2-wrong' })).rejects.toThrow('denied');
  await sink.done(saying('Query select 1 → OK'));
  const refused = await sink.done(saying('Connect secret → ERR:1045'));
  expect(readPair(mysql, refused).response.sections).toContainEqual(expect.objectContaining({ language: 'error' }));
  const accepted = await sink.done(saying('Connect secret → OK'));
  // Twenty bytes of SHA-1 stand between the user's name and that of the method.
  expect(accepted.requestBody.toString('latin1')).toMatch(/secret\0\x14\*{20}/);
  expect(everything(sink.all())).not.toContain('hunter2');
});

test('connections that are compressed are read like others', async () => {
  const { inPort, sink } = await captured();
  const sql = "select repeat('abc', 20000) as text, 40 + 2 as n";
  const { stdout } = await mariadb(inPort, '--compress', '-e', sql);
  expect(stdout).toContain('42');
  const pair = await sink.done(saying(`Query ${sql} → OK`));
  expect(readPair(mysql, pair).response.sections).toMatchObject([
    { kind: 'table', total: 1, rows: [[expect.stringMatching(/^(?:abc){100}/), '42']] },
    {},
  ]);
  const db = await client(inPort, { compress: true });
  // Much of it is sent as it is, and much compressed.
  const noise = randomBytes(90_000).toString('hex');
  for (const text of ['short', noise, 'long'.repeat(100_000)]) {
    const [rows] = await db.execute<mysql2.RowDataPacket[]>('select ? as text, length(?) as bytes', [text, text]);
    expect(rows).toEqual([{ text, bytes: text.length }]);
  }
  const executed = (): StoredPair[] => sink.all().filter(saying('Execute select ? as text, length(?) as bytes → OK'));
  await sink.find(() => executed().length === 3 && executed().every(({ state }) => state === 'done'), 'three executions');
  expect(readPair(mysql, executed()[1] as StoredPair).response.sections).toMatchObject([{ total: 1 }, {}]);
  expect(sink.all().some(({ connection }) => connection.protocol === 'tcp')).toBe(false);
});

describe('TLS that is agreed on in the clear', () => {
  test('is opened where both sides can be vouched for', async () => {
    const { inPort, sink, authority } = await captured([upstreamCa]);
    const db = await client(inPort, { ssl: { ca: authority.pem } });
    const [rows] = await db.query<mysql2.RowDataPacket[]>("show status like 'Ssl_cipher'");
    expect(rows[0]?.['Value']).toMatch(/^TLS_/);
    const pair = await sink.done((each) => brief(each).startsWith('Query show status'));
    expect(pair.connection).toMatchObject({
      protocol: 'mysql',
      clientTls: { decrypted: true },
      upstreamTls: { decrypted: true },
      spoken: { server: expect.stringContaining('MariaDB') },
    });
    expect(sink.all().map(brief)).toEqual(['Connect root → OK', "Query show status like 'Ssl_cipher' → OK"]);
  });

  test('passes unread where we cannot vouch for the server', async () => {
    const { inPort, sink } = await captured();
    const db = await client(inPort, { ssl: { ca: upstreamCa } });
    await db.query('select 1');
    await db.end();
    const row = await sink.done();
    expect(row.connection).toMatchObject({
      protocol: 'tls',
      clientTls: { decrypted: false, reason: expect.stringContaining('cannot vouch') },
    });
    expect(row.extra.failure).toBeUndefined();
  });

  test('passes unread from the second connection on where the client does not trust us', async () => {
    const { inPort, sink } = await captured([upstreamCa]);
    await expect(client(inPort, { ssl: { ca: upstreamCa } })).rejects.toThrow();
    await sink.failed('client-rejected-certificate');
    await (await client(inPort, { ssl: { ca: upstreamCa } })).query('select 1');
  });
});
