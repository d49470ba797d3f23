import { createReadStream } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Header, type Pack, pack } from 'tar-stream';

/** One thing in a tar archive. Paths are absolute, as they will be in the container. */
export type ArchiveEntry =
  | { path: string; content: string | Uint8Array; mode?: number }
  /** A file of this machine; what links lead to is read. */
  | { path: string; file: string; mode?: number; capabilities?: string }
  | { path: string; linkTo: string }
  | { path: string; folder: true; mode?: number };

type Headers = Partial<Header> & { name: string };

/** Files up to this size are read at once, bytes: a stream for each of a thousand small ones takes seconds. */
const WHOLE_BYTES = 4 * 1024 * 1024;

/** Bytes read from a file at a time: node itself has a hundred million. */
const READ_BYTES = 1024 * 1024;

/** Nothing in an archive tells when it was made: the same content gives the same bytes. */
const WHEN = new Date(0);

/**
 * A tar archive of these entries, owned by root, with the folders on the way to them. Errors (a file that cannot be read) end the stream.
 */
export function archive(entries: readonly ArchiveEntry[]): Readable {
  const tar = pack();
  write(tar, entries).then(
    () => tar.finalize(),
    (error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  // A stream of Node's own kind, which is what clients of Docker are made for.
  return Readable.from(tar, { objectMode: false });
}

async function write(tar: Pack, entries: readonly ArchiveEntry[]): Promise<void> {
  const seen = new Set<string>(['/']);
  for (const entry of entries) {
    if (seen.has(entry.path)) continue;
    // Docker would make missing folders, but for root alone.
    for (const folder of foldersTo(entry.path)) {
      if (seen.has(folder)) continue;
      seen.add(folder);
      await add(tar, { name: folder.slice(1), type: 'directory', mode: 0o755 });
    }
    seen.add(entry.path);
    await writeEntry(tar, entry);
  }
}

async function writeEntry(tar: Pack, entry: ArchiveEntry): Promise<void> {
  const name = entry.path.slice(1);
  if ('content' in entry) await add(tar, { name, mode: entry.mode ?? 0o644 }, Buffer.from(entry.content));
  else if ('linkTo' in entry) await add(tar, { name, type: 'symlink', linkname: entry.linkTo });
  else if ('folder' in entry) await add(tar, { name, type: 'directory', mode: entry.mode ?? 0o755 });
  else await addFile(tar, name, entry);
}

async function add(tar: Pack, headers: Headers, content?: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    const full = { ...headers, mtime: WHEN, uid: 0, gid: 0 };
    if (content === undefined) tar.entry(full, done);
    else tar.entry(full, content, done);
  });
}

async function addFile(
  tar: Pack,
  name: string,
  { file, mode, capabilities }: { file: string; mode?: number; capabilities?: string },
): Promise<void> {
  const source = await realpath(file);
  const { size, mode: own } = await stat(source);
  const headers: Headers = { name, size, mode: mode ?? own & 0o777, mtime: WHEN, uid: 0, gid: 0 };
  if (capabilities !== undefined) headers.pax = { 'SCHILY.xattr.security.capability': capabilities };
  if (size <= WHOLE_BYTES) return add(tar, headers, await readFile(source));
  const sink = tar.entry(headers);
  await pipeline(createReadStream(source, { highWaterMark: READ_BYTES }), sink);
}

function foldersTo(path: string): string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(path); folder !== '/'; folder = posix.dirname(folder)) folders.unshift(folder);
  return folders;
}
