import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { EarlierConnections, endsOf } from './earlier-connections.ts';

const folder = mkdtempSync(join(tmpdir(), 'sidetap-earlier-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rest = '00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0';
const line = (local: string, remote: string, state = '01'): string => `   0: ${local} ${remote} ${state} ${rest}`;

const DATABASE = line('0200A8C0:9C40', '0300A8C0:1538');
const six = (last: string): string => `000000FD${'0'.repeat(16)}${last}`;

test.each([
  [DATABASE, '0200A8C0:9C40 0300A8C0:1538'],
  [line(`${six('02000000')}:9C40`, `${six('03000000')}:1538`), `${six('02000000')}:9C40 ${six('03000000')}:1538`],
  // Listening, closing, with itself, on loopback.
  [line('00000000:1F90', '00000000:0000', '0A'), null],
  [line('0200A8C0:9C40', '0300A8C0:1538', '06'), null],
  [line('0200A8C0:9C40', '0200A8C0:1F90'), null],
  [line('0100007F:9C40', '0100007F:1F90'), null],
  ['  sl  local_address rem_address   st tx_queue', null],
])('reads %s', (text, ends) => {
  expect(endsOf(text)).toBe(ends);
});

test('only connections of the first look count, for as long as they are there', async () => {
  const write = (...lines: string[]): void => writeFileSync(join(folder, 'tcp'), ['heading', ...lines, ''].join('\n'));
  const earlier = new EarlierConnections(folder);
  const other = line('0200A8C0:9C41', '0300A8C0:1538');
  write(DATABASE, other);
  await earlier.look(0);
  expect(earlier.count).toBe(2);
  write(DATABASE, line('0200A8C0:9C42', '0300A8C0:1538'));
  await earlier.look(limits.earlierLookMillis - 1);
  expect(earlier.count).toBe(2);
  await earlier.look(limits.earlierLookMillis);
  expect(earlier.count).toBe(1);
  write();
  await earlier.look(2 * limits.earlierLookMillis);
  expect(earlier.count).toBe(0);
  write(DATABASE);
  await earlier.look(3 * limits.earlierLookMillis);
  expect(earlier.count).toBe(0);
});
