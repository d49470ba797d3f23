import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Where a program is: on the user's PATH, or at a path that was named. Null when it is not there or cannot be run. */
export function findProgram(name: string, environment: NodeJS.ProcessEnv): string | null {
  if (path.isAbsolute(name)) return isProgram(name) ? name : null;
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(path.delimiter);
  for (const folder of folders) {
    // A relative folder on PATH would depend on where the engine was started.
    if (!path.isAbsolute(folder)) continue;
    const file = path.join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    if (isProgram(file)) return file;
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // not there, or not for us
  }
}

/** Where a system keeps applications that are on nobody's PATH. */
export interface Places {
  /** Programs on PATH, with the name to show: what Linux has. */
  linux: readonly (readonly [program: string, name: string])[];
  /** Names of applications on macOS, and of the program in each where it is another. */
  mac: readonly (readonly [application: string, program?: string])[];
  /** Paths below `Program Files` and its like, with the name to show. */
  windows: readonly (readonly [file: string, name: string])[];
}

export interface Found {
  /** Absolute. */
  file: string;
  /** What people call it. */
  name: string;
}

/** The first application that is there. */
export function findApplication(places: Places, environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Found | null {
  for (const { file, name } of candidates(places, environment, platform)) {
    const found = findProgram(file, environment);
    if (found !== null) return { file: found, name };
  }
  return null;
}

function candidates(places: Places, environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Found[] {
  if (platform === 'darwin') {
    const folders = ['/Applications', path.join(environment['HOME'] ?? '/', 'Applications')];
    return places.mac.flatMap(([name, program = name]) =>
      folders.map((folder) => ({ name, file: path.join(folder, `${name}.app`, 'Contents', 'MacOS', program) })),
    );
  }
  if (platform === 'win32') {
    const folders = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((variable) => environment[variable] ?? []);
    return places.windows.flatMap(([file, name]) => folders.map((folder) => ({ name, file: path.win32.join(folder, file) })));
  }
  return places.linux.map(([file, name]) => ({ file, name }));
}
