import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build as viteBuild } from 'vite';
import { root } from './paths.ts';
import { dist, PICTURES, RENDERER, rendererConfig, type Target, targets } from './targets.ts';

/** Native add-ons that a dependency tries and does without. */
const EXTERNAL = ['electron', 'cpu-features', 'bufferutil', 'utf-8-validate', /^node:/, /\.node$/];

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
  removeStale(outDir, new Set(['assets', ...names, ...names.map((name) => `${name}.map`)]));
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
      rolldownOptions: {
        onLog: (level, log, report) => {
          // 'use client' means something to a server that renders React; there is none here.
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
        },
      },
    },
  });
}

async function buildProgram(target: Target, outDir: string): Promise<void> {
  await viteBuild({
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
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
      rolldownOptions: {
        external: EXTERNAL,
        output: { format: target.format, entryFileNames: target.out, codeSplitting: false },
      },
    },
  });
}

/** Icons that the desktop app shows while it runs. */
function copyPictures(outDir: string): void {
  mkdirSync(join(outDir, 'assets'), { recursive: true });
  for (const [name, source] of Object.entries(PICTURES)) copyFileSync(join(root, source), join(outDir, 'assets', name));
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
