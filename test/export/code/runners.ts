import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CodeFormat } from '../../../proxy-core/rrpair/copy-formats.ts';

const execute = promisify(execFile);

/** Runs programs one after the other in as few processes as the language allows, in a folder that holds their body files. */
export type Runner = (programs: readonly string[], folder: string) => Promise<void>;

async function run(file: string, args: readonly string[], cwd: string): Promise<void> {
  await execute(file, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, LANG: 'C.UTF-8', GOCACHE: path.join(cwd, '.cache'), GOFLAGS: '-mod=mod' },
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
}

async function writeAll(folder: string, names: readonly string[], programs: readonly string[]): Promise<void> {
  await Promise.all(names.map((name, index) => writeFile(path.join(folder, name), programs[index] ?? '')));
}

const numbered = (programs: readonly string[], ending: string): string[] =>
  programs.map((_, index) => `p${String(index).padStart(4, '0')}${ending}`);

export const runners: Readonly<Record<Exclude<CodeFormat, 'raw'>, Runner>> = {
  fetch: async (programs, folder) => {
    const names = numbered(programs, '.mjs');
    await writeAll(folder, names, programs);
    await writeFile(path.join(folder, 'all.mjs'), names.map((name) => `await import('./${name}');\n`).join(''));
    await run(process.execPath, ['all.mjs'], folder);
  },
  python: async (programs, folder) => {
    const names = numbered(programs, '.py');
    await writeAll(folder, names, programs);
    await writeFile(path.join(folder, 'all.py'), `import runpy\nfor name in ${JSON.stringify(names)}:\n    runpy.run_path(name)\n`);
    // Debian's own, whatever other Python comes first on PATH.
    await run('/usr/bin/python3', ['all.py'], folder);
  },
  go: async (programs, folder) => {
    const mains = programs.map((program, index) => program.replace('func main()', `func main${String(index)}()`));
    await writeAll(folder, numbered(programs, '.go'), mains);
    const calls = programs.map((_, index) => `\tmain${String(index)}()\n`).join('');
    await writeFile(path.join(folder, 'all.go'), `package main\n\nfunc main() {\n${calls}}\n`);
    await writeFile(path.join(folder, 'go.mod'), 'module programs\n\ngo 1.19\n');
    await run('go', ['build', '-o', 'all'], folder);
    await run('./all', [], folder);
  },
  java: async (programs, folder) => {
    // A JVM reads the property that some programs set once, so those run in one of their own.
    const setting = programs.map((program) => program.includes('System.setProperty'));
    const classes = programs.map((program, index) => program.replace('public class Request', `class R${String(index)}`));
    await writeAll(folder, numbered(programs, '.java'), classes);
    const indexes = programs.map((_, index) => index);
    await writeFile(
      path.join(folder, 'Plain.java'),
      javaMain(
        'Plain',
        indexes.filter((index) => setting[index] === false),
      ),
    );
    await writeFile(
      path.join(folder, 'Setting.java'),
      javaMain(
        'Setting',
        indexes.filter((index) => setting[index] === true),
      ),
    );
    await run('sh', ['-c', 'javac -proc:none -encoding US-ASCII *.java'], folder);
    await run('java', ['-XX:TieredStopAtLevel=1', 'Plain'], folder);
    await run('java', ['-XX:TieredStopAtLevel=1', 'Setting'], folder);
  },
  csharp: async (programs, folder) => {
    const classes = programs.map((program, index) =>
      program.replace('public static class Request', `public static class R${String(index)}`),
    );
    await writeAll(folder, numbered(programs, '.cs'), classes);
    const calls = programs.map((_, index) => `R${String(index)}.Main().Wait();`).join(' ');
    await writeFile(
      path.join(folder, 'All.cs'),
      `static class All { static void Start() { ${calls} } static void Main() { Start(); } }\n`,
    );
    await run('sh', ['-c', 'mcs -nowarn:0028,0402 -main:All -r:System.Net.Http -out:all.exe *.cs'], folder);
    await run('mono', ['all.exe'], folder);
  },
  php: async (programs, folder) => {
    const names = numbered(programs, '.php');
    await writeAll(folder, names, programs);
    await writeFile(path.join(folder, 'all.php'), `<?php\n${names.map((name) => `require __DIR__ . '/${name}';\n`).join('')}`);
    await run('php', ['all.php'], folder);
  },
  httpie: async (programs, folder) => {
    // Python takes most of a second to start: the shell takes the commands apart, and one HTTPie runs them all.
    await writeFile(path.join(folder, 'all.sh'), httpieShell + programs.join('\n'));
    await writeFile(path.join(folder, 'all.py'), httpieMain);
    await mkdir(path.join(folder, 'calls'));
    await run('bash', ['all.sh'], folder);
    await run('/usr/bin/python3', ['all.py'], folder);
  },
  wget: async (programs, folder) => {
    await writeFile(path.join(folder, 'all.sh'), programs.join('\n'));
    await run('bash', ['all.sh'], folder);
  },
};

function javaMain(name: string, indexes: readonly number[]): string {
  const calls = indexes.map((index) => `R${String(index)}.main(a);`).join(' ');
  return `class ${name} { public static void main(String[] a) throws Exception { ${calls} } }\n`;
}

const httpieShell = `
n=10000
http() {
  n=$((n + 1))
  printf '%s\\0' "$@" >calls/$n.args
  case " $* " in *" --ignore-stdin "*) : ;; *) cat >calls/$n.stdin ;; esac
}
`;

const httpieMain = `
import io, os, sys
from httpie.core import main
from httpie.context import Environment
for name in sorted(os.listdir("calls")):
    if not name.endswith(".args"):
        continue
    args = [os.fsdecode(a) for a in open("calls/" + name, "rb").read().split(b"\\0")[:-1]]
    given = "calls/" + name[:-5] + ".stdin"
    stdin = open(given, "rb") if os.path.exists(given) else open(os.devnull, "rb")
    out = open(os.devnull, "w+")
    environment = Environment(stdin=io.TextIOWrapper(stdin), stdin_isatty=False, stdout=out, stderr=sys.stderr, stdout_isatty=False, config_dir="config")
    code = main(["http"] + args, env=environment)
    if code != 0:
        sys.exit("failed: " + repr(args))
`;
