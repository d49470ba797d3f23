import { join } from 'node:path';
import { root } from './paths.ts';

/** One program that is bundled into one file of `dist/`. */
export interface Target {
  /** File name in `dist/`. */
  out: string;
  /** Path of its source in the repository. */
  entry: string;
  format: 'es' | 'cjs';
  /** Packages that stay outside, beside those that all programs do without. */
  external?: readonly string[];
}

/** Every bundled program, the window excepted. What runs in an installed app is here; nothing is loaded from node_modules. */
export function targets(): Target[] {
  return [
    { out: 'main.js', entry: 'electron/main.ts', format: 'es' },
    // Electron loads a preload script under `sandbox: true` as CommonJS only.
    { out: 'preload.cjs', entry: 'electron/preload.ts', format: 'cjs' },
    { out: 'engine.js', entry: 'proxy-core/engine-process.ts', format: 'es' },
    { out: 'store-writer-worker.js', entry: 'proxy-core/store/writer-worker.ts', format: 'es' },
    { out: 'store-reader-worker.js', entry: 'proxy-core/store/reader-worker.ts', format: 'es' },
    { out: 'cli.js', entry: 'cli/main.ts', format: 'es' },
    { out: 'job-worker.js', entry: 'proxy-core/api/operations/job-worker.ts', format: 'es' },
    { out: 'transfer-worker.js', entry: 'proxy-core/transfer/worker.ts', format: 'es' },
    { out: 'agent.js', entry: 'proxy-core/agent/main.ts', format: 'es', external: ['koffi'] },
    { out: 'demo-worker.js', entry: 'proxy-core/demo/demo-worker.ts', format: 'es' },
  ];
}

/** What the window is called among the things to build; a folder of `dist/`. */
export const RENDERER = 'renderer';

/** Folder of everything that is built. */
export const dist: string = join(root, 'dist');

export const rendererConfig: string = join(root, 'renderer', 'vite.config.ts');

/** What the engine makes the agent's image of, beside the agent itself; a folder of `dist/`. */
export const AGENT_IMAGE = 'agent-image';

/** The licences of what each program was bundled from, which have to come with it; a folder of `dist/`. */
export const LICENSES = 'licenses';

/** Pictures that the desktop app needs while it runs: their names in `dist/assets/`, and where they come from. */
export const PICTURES: Readonly<Record<string, string>> = {
  'icon.png': 'assets/icons/512x512.png',
  'tray.png': 'assets/tray.png',
  'tray@2x.png': 'assets/tray@2x.png',
  'trayTemplate.png': 'assets/trayTemplate.png',
  'trayTemplate@2x.png': 'assets/trayTemplate@2x.png',
};
