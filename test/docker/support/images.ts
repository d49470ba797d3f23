import { execFile } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ArchiveEntry } from '../../../proxy-core/docker/image/archive.ts';
import { librariesOf } from '../../../proxy-core/docker/image/host-files.ts';
import { importArchive } from '../../../proxy-core/docker/image/import.ts';
import { findProgram } from '../../../scripts/lib/debian.ts';
import type { DockerHost } from './dockerd.ts';

const execute = promisify(execFile);

export interface ImageContent {
  /** A shell and the usual small programs; on by default. Off: nothing but what is named here, not even `/bin/sh`. */
  busybox?: boolean;
  /** The Node that runs the tests, as `/usr/local/bin/node`. */
  node?: boolean;
  /** Debian's Python with its standard library, as `/usr/bin/python3`. */
  python?: boolean;
  /** Programs of this machine with their libraries (`curl`, `wget`, `git`…), as `/usr/bin/…`; they replace busybox's. */
  programs?: readonly string[];
  /** The public CAs as Debian keeps them: `/etc/ssl/certs/ca-certificates.crt`. */
  caBundle?: boolean;
  /** More files, by their path in the image. */
  files?: Readonly<Record<string, string | { content: string | Uint8Array; mode: number }>>;
  /** Lines as in a Dockerfile: `CMD`, `ENTRYPOINT`, `ENV`, `EXPOSE`, `LABEL`, `USER`, `VOLUME`, `WORKDIR`. */
  dockerfile?: readonly string[];
}

/**
 * Makes an image from files of this machine, without any registry; an image of this name that is already there is used as it is, so the same
 * name always stands for the same content. Answers the name.
 */
export async function importImage(host: DockerHost, name: string, content: ImageContent): Promise<string> {
  // Other test files may want the same image at the same time; a second import would leave the first one without a name.
  const lock = path.join(path.dirname(host.socketPath), `image-${name.replaceAll(/[^a-z0-9]/g, '-')}`);
  await takeLock(lock);
  try {
    if (await isThere(host, name)) return name;
    await importArchive(host.docker, await entriesOf(content), { name, changes: [PATH, ...(content.dockerfile ?? [])] });
    return name;
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

const PATH = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

async function takeLock(lock: string): Promise<void> {
  for (;;) {
    try {
      await mkdir(lock);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await delay(50);
    }
  }
}

async function isThere({ docker }: DockerHost, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

async function entriesOf(content: ImageContent): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [
    // What stands first wins.
    ...Object.entries(content.files ?? {}).map(([path, value]) => givenEntry(path, value)),
    { path: '/tmp', folder: true, mode: 0o1777 },
    { path: '/etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' },
    { path: '/etc/group', content: 'root:x:0:\nnogroup:x:65534:\n' },
  ];
  const dynamic: string[] = [];
  if (content.node === true) {
    entries.push({ path: '/usr/local/bin/node', file: process.execPath });
    dynamic.push(process.execPath);
  }
  for (const name of content.programs ?? []) {
    const file = demand(name);
    entries.push({ path: `/usr/bin/${name}`, file });
    dynamic.push(file);
  }
  if (content.python === true) {
    const modules = await pythonFiles();
    entries.push({ path: '/usr/bin/python3', file: '/usr/bin/python3' }, ...modules.map((file) => ({ path: file, file })));
    dynamic.push('/usr/bin/python3', ...modules.filter((file) => file.endsWith('.so')));
  }
  if (content.caBundle === true) entries.push(...certificates());
  // Debian has a busybox that is linked statically and another one.
  if (content.busybox !== false) dynamic.push(demand('busybox'));
  entries.push(...(await librariesOf(dynamic)).map((file) => ({ path: file, file })));
  if (content.busybox !== false) entries.push(...(await busybox()));
  return entries;
}

function givenEntry(path: string, value: string | { content: string | Uint8Array; mode: number }): ArchiveEntry {
  return typeof value === 'string' ? { path, content: value } : { path, content: value.content, mode: value.mode };
}

function demand(name: string): string {
  const file = findProgram(name);
  if (file === null) throw new Error(`Tests put ${name} into images, and this machine does not have it.`);
  return file;
}

function certificates(): ArchiveEntry[] {
  const bundle = '/etc/ssl/certs/ca-certificates.crt';
  return [
    { path: bundle, file: bundle },
    { path: '/usr/lib/ssl/certs', linkTo: '/etc/ssl/certs' },
    { path: '/usr/lib/ssl/cert.pem', linkTo: bundle },
    { path: '/usr/lib/ssl/openssl.cnf', content: '' },
  ];
}

async function busybox(): Promise<ArchiveEntry[]> {
  const file = demand('busybox');
  const { stdout } = await execute(file, ['--list']);
  const applets = stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
  return [{ path: '/bin/busybox', file }, ...applets.map((name) => ({ path: `/bin/${name}`, linkTo: 'busybox' }))];
}

/** Parts of Python's library that no test uses, and half of its size. */
const UNUSED = /\/(?:test|idlelib|lib2to3|ensurepip|tkinter|turtledemo|pydoc_data|dist-packages|config-[^/]*)\//;

/** The standard library where Debian has it, with its compiled modules. */
async function pythonFiles(): Promise<string[]> {
  const { stdout } = await execute('/usr/bin/python3', ['-c', "import sysconfig; print(sysconfig.get_paths()['stdlib'])"]);
  const found = await readdir(stdout.trim(), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !UNUSED.test(file));
}
