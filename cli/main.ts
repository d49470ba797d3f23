import { enableCompileCache } from 'node:module';
import path from 'node:path';

// Keeps compiled code beside the dependencies that it was compiled from: `sidetap list` starts in half the time. Not in the system's
// temporary folder, Node's default, where another user could put something in its place. Without write access it is simply off.
enableCompileCache(path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'sidetap'));

try {
  const { run } = await import('./program.ts');
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('sidetap: Parts of Sidetap are missing. Run `npm install` in its checkout.\n');
  process.exitCode = 1;
}
