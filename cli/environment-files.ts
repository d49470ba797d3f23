import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApiClient } from '../proxy-core/api/client.ts';

/** Files that a terminal sources to send what is started in it through the capture. */
export interface EnvironmentFiles {
  bash: string;
  fish: string;
  powershell: string;
}

function filesOf(dataDir: string): EnvironmentFiles {
  return {
    bash: path.join(dataDir, 'env.sh'),
    fish: path.join(dataDir, 'env.fish'),
    powershell: path.join(dataDir, 'env.ps1'),
  };
}

/** Thirty variables for three shells are too much to paste; a file each makes it one line. */
export async function writeEnvironmentFiles(dataDir: string, client: ApiClient): Promise<EnvironmentFiles> {
  const files = filesOf(dataDir);
  for (const shell of ['bash', 'fish', 'powershell'] as const) {
    const { lines } = await client.setup({ shell });
    await writeFile(files[shell], lines, { mode: 0o600 });
  }
  return files;
}

/** Without capture they would send traffic to nobody. */
export async function removeEnvironmentFiles(dataDir: string): Promise<void> {
  for (const file of Object.values(filesOf(dataDir))) await rm(file, { force: true });
}
