import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { SidetapError } from '../../errors.ts';
import type { ImageArch } from './parts.ts';

const execute = promisify(execFile);

/** The oldest Node that runs the agent. */
const OLDEST_NODE = 24;

/** Says about a Node what decides whether it runs elsewhere: a distribution's own may need files beside its libraries. */
const ASK = `const { variables } = process.config; process.report.excludeNetwork = true; console.log(JSON.stringify({
  file: process.execPath, version: process.versions.node, arch: process.arch,
  electron: 'electron' in process.versions,
  whole: variables.node_shared !== true && (variables.node_builtin_shareable_builtins ?? []).some((name) => name.includes('undici')),
  glibc: process.report.getReport().header.glibcVersionRuntime !== undefined }))`;

interface NodeFacts {
  file: string;
  version: string;
  arch: string;
  electron: boolean;
  whole: boolean;
  glibc: boolean;
}

/**
 * The program of a Node on this machine that runs in a container of this kind: the one that runs us, else one on PATH (Electron is none).
 * Throws `agent-image-failed`, telling what is wanted.
 */
export async function hostNode(arch: ImageArch): Promise<string> {
  for (const candidate of await candidates()) {
    const facts = await ask(candidate);
    if (facts !== null && fits(facts, arch)) return facts.file;
  }
  throw new SidetapError(
    'agent-image-failed',
    `There is no Node.js ${String(OLDEST_NODE)} or newer on this machine that could be put into the agent’s image; install one from https://nodejs.org.`,
  );
}

function fits({ version, arch, electron, whole, glibc }: NodeFacts, wanted: ImageArch): boolean {
  return Number.parseInt(version, 10) >= OLDEST_NODE && arch === wanted && !electron && whole && glibc;
}

async function candidates(): Promise<string[]> {
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node'));
  const found = process.versions['electron'] === undefined ? [process.execPath] : [];
  for (const file of onPath) {
    if (await isProgram(file)) found.push(file);
  }
  return found;
}

/** A program or its place on PATH may be gone or forbidden: it is none then. */
async function isProgram(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Null when it is no Node that answers. Version managers put scripts on PATH: only Node itself knows where it is. */
async function ask(program: string): Promise<NodeFacts | null> {
  try {
    const { stdout } = await execute(program, ['-e', ASK], { timeout: 10_000, env: { ...process.env, NODE_OPTIONS: '' } });
    return JSON.parse(stdout) as NodeFacts;
  } catch {
    // Too old to know an option, or something else of that name: the next one.
    return null;
  }
}

/** Where a program that only root usually runs is; null when it is not on this machine. */
export async function hostProgram(name: string): Promise<string | null> {
  for (const folder of [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin']) {
    const file = path.join(folder, name);
    if (await isProgram(file)) return file;
  }
  return null;
}
