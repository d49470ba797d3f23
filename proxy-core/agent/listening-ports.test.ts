import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listeningPorts, readTableLine } from './listening-ports.ts';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const rest = '00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0';

/** Lines as Linux 6 on x64 writes them. */
function line(slot: number, local: string, state: string): string {
  const remote = local.length > 13 ? `${'0'.repeat(32)}:0000` : '00000000:0000';
  return `${String(slot).padStart(4)}: ${local} ${remote} ${state} ${rest}`;
}

test.each([
  [line(0, '00000000:1F90', '0A'), { kind: 'listening', port: 8080, loopback: false }],
  [line(1, '0100007F:0016', '0A'), { kind: 'listening', port: 22, loopback: true }],
  [line(12, '0B00007F:9C41', '0A'), { kind: 'listening', port: 40_001, loopback: true }],
  [line(123, '0200A8C0:0050', '0A'), { kind: 'listening', port: 80, loopback: false }],
  [line(0, `${'0'.repeat(32)}:1F90`, '0A'), { kind: 'listening', port: 8080, loopback: false }],
  [line(0, `${'0'.repeat(24)}01000000:1F90`, '0A'), { kind: 'listening', port: 8080, loopback: true }],
  [line(0, `0000000000000000FFFF00000100007F:1F90`, '0A'), { kind: 'listening', port: 8080, loopback: true }],
  [line(0, `0000000000000000FFFF00000200A8C0:1F90`, '0A'), { kind: 'listening', port: 8080, loopback: false }],
  [line(3, '0200A8C0:0050', '01'), { kind: 'connection' }],
  [heading, { kind: 'heading' }],
])('reads %s', (text, read) => {
  expect(readTableLine(text)).toEqual(read);
});

test('ports of both tables, each once, without ours; what follows the listening sockets is not read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sidetap-ports-'));
  try {
    const many = Array.from({ length: 500 }, (_, i) =>
      line(i, `00000000:${(1000 + i).toString(16).toUpperCase().padStart(4, '0')}`, '0A'),
    );
    const behind = [line(900, '0200A8C0:0050', '01'), line(901, '00000000:0001', '0A')];
    writeFileSync(join(folder, 'tcp'), [heading, ...many, ...behind, ''].join('\n'));
    writeFileSync(join(folder, 'tcp6'), [heading, line(0, `${'0'.repeat(32)}:03E8`, '0A'), ''].join('\n'));
    const ports = await listeningPorts([1001, 9999], folder);
    expect(ports).toHaveLength(499);
    expect(ports.slice(0, 3)).toEqual([1000, 1002, 1003]);
    rmSync(join(folder, 'tcp6'));
    expect(await listeningPorts([], folder)).toHaveLength(500);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
