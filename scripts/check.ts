import { violations } from './boundaries.ts';
import { type Ended, packageCommand, runNode } from './lib/run.ts';

/** `npm run check`: everything that can be told without running the program. Every step runs; any finding fails. */

interface Step {
  name: string;
  run: () => Promise<Ended>;
}

function tool(name: string, args: readonly string[], options: { package?: string; command?: string } = {}): Step {
  return {
    name,
    run: () => runNode([packageCommand(options.package ?? name, options.command ?? options.package ?? name), ...args]),
  };
}

const steps: readonly Step[] = [
  tool('types', ['-p', '.'], { package: 'typescript', command: 'tsc' }),
  tool('types of the window', ['-p', 'renderer'], { package: 'typescript', command: 'tsc' }),
  tool('lint', ['--type-aware', '--deny-warnings'], { package: 'oxlint' }),
  tool('format', ['check', '--error-on-warnings'], { package: '@biomejs/biome', command: 'biome' }),
  { name: 'import boundaries', run: () => Promise.resolve(boundaries()) },
  tool('dead code', ['--no-progress'], { package: 'knip' }),
];

function boundaries(): Ended {
  const found = violations();
  return { code: found.length === 0 ? 0 : 1, output: found.map(({ file, line, text }) => `${file}:${line}: ${text}`).join('\n') };
}

const failed: string[] = [];
for (const { name, run } of steps) {
  const started = performance.now();
  const { code, output } = await run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(20)} ${seconds.padStart(5)} s`);
  if (code !== 0) {
    failed.push(name);
    console.log(output.trimEnd());
  }
}
console.log(failed.length === 0 ? 'check passed' : `check failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
