import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, build as viteBuild } from 'vite';
import { root } from './paths.ts';
import { replaceFile } from './replace-file.ts';
import { AGENT_IMAGE, dist, LICENSES, PICTURES, RENDERER, rendererConfig, type Target, targets } from './targets.ts';

/** Native add-ons that a dependency tries and does without. */
const EXTERNAL = ['electron', 'cpu-features', 'bufferutil', 'utf-8-validate', /^node:/, /\.node$/];

/** Packages that another one loads, and that no way of ours leads to. */
const NOT_BUNDLED = ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs'];

export interface Built {
  name: string;
  millis: number;
}

interface Options {
  /** What to build (`renderer`, `engine.js`…); everything, when none is named. */
  only?: readonly string[];
  /** Default: `dist/` of the repository. */
  outDir?: string;
}

/** Builds the window and every program. Throws when one cannot be built; the others are then as they were, or new. */
export async function build({ only = [], outDir = dist }: Options = {}): Promise<Built[]> {
  const all = targets();
  const names = [RENDERER, ...all.map((target) => target.out)];
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`there is nothing to build named ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const wanted = (name: string): boolean => only.length === 0 || only.includes(name);
  mkdirSync(outDir, { recursive: true });
  const built: Built[] = [];
  const timed = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await work();
    built.push({ name, millis: Math.round(performance.now() - started) });
  };
  if (wanted(RENDERER)) await timed(RENDERER, () => buildRenderer(outDir));
  for (const target of all) {
    if (wanted(target.out)) await timed(target.out, () => buildProgram(target, outDir));
  }
  copyPictures(outDir);
  copyAgentImage(outDir);
  removeStale(outDir, new Set(['assets', AGENT_IMAGE, LICENSES, ...names, ...names.map((name) => `${name}.map`)]));
  return built;
}

async function buildRenderer(outDir: string): Promise<void> {
  await viteBuild({
    configFile: rendererConfig,
    root: join(root, 'renderer'),
    logLevel: 'warn',
    build: {
      outDir: join(outDir, 'renderer'),
      emptyOutDir: true,
      license: { fileName: 'licenses.md' },
      rolldownOptions: {
        onLog: (level, log, report) => {
          // 'use client' means something to a server that renders React; there is none here.
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
        },
      },
    },
  });
}

/**
 * V8 keeps a program's text while it runs, with two bytes per character as soon as one of them is beyond Latin-1. What is left of such characters stands in
 * strings and regular expressions, where an escape means the same.
 */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle: (_, bundle) => {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue;
      file.code = file.code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

async function buildProgram(target: Target, outDir: string): Promise<void> {
  await viteBuild({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    plugins: [asciiOnly],
    resolve: {
      // Exactly this name: we import `protobufjs/index.js` ourselves.
      alias: NOT_BUNDLED.map((name) => ({ find: new RegExp(`^${name}$`), replacement: join(root, 'scripts/lib/not-bundled.ts') })),
    },
    // Everything but Node and Electron goes into the file: an installed app has no node_modules.
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: join(root, target.entry),
      target: 'node24',
      outDir,
      emptyOutDir: false,
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY, // nobody downloads them one by one
      license: { fileName: `${LICENSES}/${target.out}.md` },
      rolldownOptions: {
        external: [...EXTERNAL, ...(target.external ?? [])],
        output: {
          format: target.format,
          entryFileNames: target.out,
          codeSplitting: false,
          comments: false,
        },
      },
    },
  });
}

/** Icons that the desktop app shows while it runs. */
function copyPictures(outDir: string): void {
  mkdirSync(join(outDir, 'assets'), { recursive: true });
  for (const [name, source] of Object.entries(PICTURES)) copyFileSync(join(root, source), join(outDir, 'assets', name));
}

/** What the agent's image is made of; of koffi's native part, what npm has installed. */
function copyAgentImage(outDir: string): void {
  const folder = join(outDir, AGENT_IMAGE);
  cpSync(join(root, 'proxy-core/docker/image/context'), folder, { recursive: true });
  for (const arch of ['x64', 'arm64']) {
    const koffi = join(root, `node_modules/@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`);
    if (existsSync(koffi)) replaceFile(koffi, join(folder, `koffi-linux-${arch}.node`));
  }
}

/** Removes what an earlier version built and this one does not. */
function removeStale(outDir: string, current: ReadonlySet<string>): void {
  for (const name of readdirSync(outDir)) {
    if (!current.has(name)) rmSync(join(outDir, name), { recursive: true, force: true });
  }
}

export function describe(built: readonly Built[]): string {
  const sum = built.reduce((total, { millis }) => total + millis, 0);
  return `built ${built.length} parts in ${(sum / 1000).toFixed(1)} s`;
}
