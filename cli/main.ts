import { keepCompiledCode } from './compile-cache.ts';

keepCompiledCode();
try {
  const { run } = await import('./program.ts');
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write('sidetap: Parts of Sidetap are missing. Run `npm install` in its checkout.\n');
  process.exitCode = 1;
}
