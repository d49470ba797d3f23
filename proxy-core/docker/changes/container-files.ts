import { createHash } from 'node:crypto';
import path from 'node:path/posix';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import { z } from 'zod';
import { AttachedDemux } from '../demux.ts';
import { statusOf } from './docker-calls.ts';
import type { FileMeta } from './record.ts';

const statSchema = z.object({ size: z.number(), mode: z.number(), mtime: z.string(), linkTarget: z.string() });

/** Go's bits for kinds of files, as Docker tells them. */
const goMode = { folder: 0x8000_0000, link: 0x0800_0000, anyKind: 0x8f28_0000 };

export type FileStat = { kind: 'file' | 'folder' | 'link' | 'other'; size: number; linkTarget: string; mtime: string };

/** A file to be put into a container; its folder must be there. */
export type NewFile = { readonly path: string; readonly content: Uint8Array; readonly meta: FileMeta };

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** The files of a container, running or not, through Docker's archive API: it needs no program in the container. */
export class ContainerFiles {
  readonly #docker: Dockerode;
  readonly #container: Dockerode.Container;
  readonly #real = new Map<string, string>([['/', '/']]);
  /** Podman answers: its archives say of each file that it is the container’s user’s. */
  #isPodman = false;

  constructor(docker: Dockerode, container: string) {
    this.#docker = docker;
    this.#container = docker.getContainer(container);
  }

  /** Null where there is nothing, or no container. Links are not followed. */
  async stat(file: string): Promise<FileStat | null> {
    let answer: unknown;
    try {
      answer = await this.#container.infoArchive({ path: file });
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
    letGo(answer);
    const { headers } = z.object({ headers: z.record(z.string(), z.unknown()) }).parse(answer);
    this.#isPodman = headers['libpod-api-version'] !== undefined;
    const told = Buffer.from(String(headers['x-docker-container-path-stat']), 'base64').toString();
    const { size, mode, mtime, linkTarget } = statSchema.parse(JSON.parse(told));
    return { kind: kindOf(mode), size, linkTarget, mtime: secondsOf(mtime) };
  }

  /** The path without links on the way to it, or null where there is nothing. */
  async realPath(file: string): Promise<string | null> {
    const known = this.#real.get(file);
    if (known !== undefined) return known;
    const folder = await this.realPath(path.dirname(file));
    if (folder === null) return null;
    const direct = path.join(folder, path.basename(file));
    const stat = await this.stat(direct);
    if (stat === null) return null;
    // Docker follows the whole chain, links to folders included, and stays within the container.
    const real = stat.kind === 'link' ? stat.linkTarget : direct;
    if (stat.kind === 'link' && (await this.stat(real)) === null) return null;
    this.#real.set(file, real);
    return real;
  }

  /** A regular file of at most `limit` bytes; null for anything else. The path must be a real one. */
  async read(file: string, limit: number): Promise<{ content: Buffer; meta: FileMeta } | null> {
    const stat = await this.stat(file);
    if (stat === null || stat.kind !== 'file' || stat.size > limit) return null;
    let stream: NodeJS.ReadableStream;
    try {
      stream = await this.#container.getArchive({ path: file });
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
    const found = await firstFile(stream, limit);
    if (found === null) return null;
    // Files of a system are root's, which is as much as can be said here of Podman's.
    const owner = this.#isPodman ? { uid: 0, gid: 0 } : {};
    // The archive tells whole seconds only.
    return { ...found, meta: { ...found.meta, ...owner, mtime: stat.mtime } };
  }

  /** What `read` told of a file, with its owner even where the archive does not tell it and a program in the container does. */
  async withOwner(file: string, meta: FileMeta): Promise<FileMeta> {
    if (!this.#isPodman) return meta;
    const [, uid, gid] = /^(\d+) (\d+)$/m.exec(await this.#runWithin(['stat', '-c', '%u %g', file])) ?? [];
    return uid === undefined ? meta : { ...meta, uid: Number(uid), gid: Number(gid) };
  }

  /** Puts files into a folder that is there. Each is written in place: only for names that nobody reads yet. */
  async add(folder: string, files: readonly NewFile[], folders: readonly string[] = []): Promise<void> {
    const tar = pack();
    for (const name of folders) tar.entry({ name: `${path.relative(folder, name)}/`, type: 'directory', mode: 0o755 });
    for (const file of files) tar.entry(headersOf(path.relative(folder, file.path), file.meta), Buffer.from(file.content));
    await this.#put(folder, tar);
  }

  /**
   * Replaces a file. The new one is written under another name of the same folder and then takes the place as a hard link: between removing
   * the old and linking the new Docker does nothing else, so readers may miss the file for some microseconds but never see a part of it.
   */
  async replace(file: NewFile, temp: string): Promise<void> {
    const folder = path.dirname(file.path);
    const tar = pack();
    const name = path.basename(temp);
    tar.entry(headersOf(name, file.meta), Buffer.from(file.content));
    tar.entry({ ...headersOf(path.basename(file.path), file.meta), type: 'link', linkname: name });
    await this.#put(folder, tar);
    await this.remove(temp);
  }

  /**
   * Removes a file, for which the API has no call: Docker removes what stands in the way of an archive's entry before it makes it, and so does
   * Podman when that is in the way indeed; and an entry that links to itself cannot be made. Where that has another effect, the container's own `rm` is tried.
   *
   * @returns whether it is gone
   */
  async remove(file: string): Promise<boolean> {
    if ((await this.stat(file)) === null) return true;
    const tar = pack();
    tar.entry({ name: path.basename(file), type: 'link', linkname: path.basename(file), mode: 0o644 });
    try {
      await this.#put(path.dirname(file), tar);
    } catch (error) {
      if (statusOf(error) === 0) throw error;
      // Refused, as meant; whether it was done is asked next.
    }
    if ((await this.stat(file)) === null) return true;
    await this.#runWithin(['rm', '-f', file]);
    return (await this.stat(file)) === null;
  }

  async #put(folder: string, tar: Pack): Promise<void> {
    tar.finalize();
    // In one piece: Docker starts to unpack when all of it is there, and a client that dies midway has sent nothing.
    letGo(await this.#container.putArchive(await buffer(tar), { path: folder }));
  }

  /** What a program of the container printed, with whatever it complained of; empty where there is no such program, or the container does not run. */
  async #runWithin(command: readonly string[]): Promise<string> {
    try {
      const exec = await this.#container.exec({ Cmd: [...command], User: '0', AttachStdout: true, AttachStderr: true });
      const said: Buffer[] = [];
      const keep = (bytes: Buffer): number => said.push(Buffer.from(bytes));
      const demux = new AttachedDemux({ stdout: keep, stderr: keep });
      for await (const chunk of await exec.start({})) demux.push(chunk as Buffer);
      return Buffer.concat(said).toString();
    } catch (error) {
      if (statusOf(error) === 0) throw error;
      return '';
    }
  }

  /** For another container of the same Docker. */
  of(container: string): ContainerFiles {
    return new ContainerFiles(this.#docker, container);
  }
}

function kindOf(mode: number): FileStat['kind'] {
  // Bit operations in JavaScript are signed; what is compared is unsigned.
  const kind = (mode & goMode.anyKind) >>> 0;
  if (kind === 0) return 'file';
  if (kind === goMode.folder) return 'folder';
  return kind === goMode.link ? 'link' : 'other';
}

/** `2026-11-20T12:23:55.382834167Z` → `1795177435.382834167` */
function secondsOf(time: string): string {
  const fraction = /\.(\d{1,9})/.exec(time)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(time.replace(/\.\d+/, '')) / 1000);
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}

type FileHeader = Partial<Header> & { name: string };

function headersOf(name: string, { mode, uid, gid, mtime }: FileMeta): FileHeader {
  return { name, mode, uid, gid, mtime: new Date(Number.parseInt(mtime, 10) * 1000), pax: { mtime } };
}

/** Reads an answer that says nothing more to its end: until then its connection stays open. */
function letGo(answer: unknown): void {
  if (answer instanceof Readable) answer.resume();
}

async function firstFile(stream: NodeJS.ReadableStream, limit: number): Promise<{ content: Buffer; meta: FileMeta } | null> {
  const entries = extract();
  try {
    stream.on('error', (error) => entries.destroy(error instanceof Error ? error : new Error(String(error))));
    stream.pipe(entries);
    for await (const entry of entries) {
      const { type, size, mode, uid, gid } = entry.header;
      if (type !== 'file' || size > limit) return null;
      return { content: await buffer(entry), meta: { mode: mode & 0o7777, uid, gid, mtime: '0.0' } };
    }
    return null;
  } finally {
    stream.unpipe(entries);
    letGo(stream);
  }
}
