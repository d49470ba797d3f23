import { join } from 'node:path';
import { root } from './paths.ts';
import { type Ended, packageCommand, runNode } from './run.ts';

interface Options {
  /** Arguments of electron-builder. */
  args: readonly string[];
  /** Folder with package.json and dist/; default: the repository. */
  projectDir?: string;
  show?: boolean;
}

/** Runs electron-builder with the repository's configuration. */
export function packageApp({ args, projectDir = root, show = false }: Options): Promise<Ended> {
  return runNode(
    [
      packageCommand('electron-builder'),
      ...args,
      '--projectDir',
      projectDir,
      '--config',
      join(root, 'electron-builder.yml'),
      '--publish',
      'never',
    ],
    { show },
  );
}
