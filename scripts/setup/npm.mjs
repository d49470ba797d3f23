import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { SetupError, say } from './say.mjs';

/** How often a long step says that it is still at work. */
const HEARTBEAT_MILLIS = 10_000;

/**
 * Runs npm under `node`, with that Node first on PATH. Throws a SetupError whose sentence starts with `failure` and holds npm's own
 * reason.
 */
export async function npm(node, args, { cwd, failure }) {
  const cli = npmCli();
  const [command, commandArgs] = cli === '' ? [process.platform === 'win32' ? 'npm.cmd' : 'npm', args] : [node, [cli, ...args]];
  const started = Date.now();
  const heartbeat = setInterval(() => {
    say(`… still at it (${Math.round((Date.now() - started) / 1000)} s)`);
  }, HEARTBEAT_MILLIS);
  try {
    const { code, errors } = await run(command, commandArgs, {
      cwd,
      env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
      shell: cli === '' && process.platform === 'win32',
    });
    if (code !== 0) throw new SetupError(`${failure} (${reasonOf(errors, code)}). ${adviceFor(errors)}`);
  } finally {
    clearInterval(heartbeat);
  }
}

/** The npm that started us, else the one beside this Node; empty when only PATH can tell. */
function npmCli() {
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const candidates = [process.env.npm_execpath ?? '', beside, '/usr/share/nodejs/npm/bin/npm-cli.js'];
  return candidates.find((path) => path.endsWith('npm-cli.js') && existsSync(path)) ?? '';
}

function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill();
    process.once('exit', stop);
    let errors = '';
    const keep = (chunk) => {
      errors = (errors + chunk).slice(-16_384);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const done = (code) => {
      process.off('exit', stop);
      resolve({ code, errors });
    };
    child.once('error', (error) => {
      errors += error.message;
      done(-1);
    });
    child.once('close', done);
  });
}

function reasonOf(output, code) {
  const lines = output.split('\n').map((line) => line.replace(/^npm (error|ERR!)\s*/i, '').trim());
  return lines.find((line) => line !== '' && !/^(code |errno |A complete log|npm warn)/i.test(line)) ?? `npm ended with ${code}`;
}

function adviceFor(output) {
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|EIDLETIMEOUT|ERR_SOCKET_TIMEOUT|network|fetch failed/i.test(output)
    ? 'The npm registry cannot be reached: check the network and proxy settings (`npm ping`), then run the command again.'
    : 'Mend that and run the command again.';
}
