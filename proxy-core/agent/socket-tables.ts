import { type FileHandle, open } from 'node:fs/promises';

/** Bytes of one read of a table. */
const PIECE = 16 * 1024;

/**
 * Reads the kernel's tables of TCP sockets of this network namespace, line by line, until `line` answers false for one of the table. `folder` is where
 * they are.
 */
export async function readTables(folder: string = '/proc/self/net', line: (line: string) => boolean): Promise<void> {
  for (const name of ['tcp', 'tcp6']) {
    const table = await openTable(`${folder}/${name}`);
    if (table === null) continue;
    try {
      await readLines(table, line);
    } finally {
      await table.close();
    }
  }
}

async function readLines(table: FileHandle, line: (line: string) => boolean): Promise<void> {
  const piece = Buffer.alloc(PIECE);
  for (let rest = ''; ; ) {
    const { bytesRead } = await table.read(piece, 0, PIECE, null);
    if (bytesRead === 0) return;
    const lines = (rest + piece.toString('latin1', 0, bytesRead)).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) if (!line(each)) return;
  }
}

/** A kernel without IPv6 has no table for it. */
async function openTable(path: string): Promise<FileHandle | null> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Addresses stand there as 32-bit words in the machine's byte order: little-endian on all that Docker runs on, s390x excepted. */
export function isLoopback(address: string): boolean {
  if (address.length === 8) return address.endsWith('7F');
  if (address === '00000000000000000000000001000000') return true;
  return address.startsWith('0000000000000000FFFF0000') && address.endsWith('7F');
}
