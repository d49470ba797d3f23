#!/usr/bin/env node
/**
 * Runs a program of this repository with a Node that is new enough, after making sure that its dependencies are there:
 *
 *     node scripts/with-node.mjs SCRIPT [ARGUMENT…]
 *     node scripts/with-node.mjs --setup
 *
 * Plain JavaScript without dependencies, because it is what runs before anything is installed, on whatever Node the machine has.
 */
import { spawn } from 'node:child_process';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dependenciesAreCurrent, ensureDependencies } from './setup/dependencies.mjs';
import { withLock } from './setup/lock.mjs';
import { ensureNode, existingNode } from './setup/node.mjs';
import { SetupError, say } from './setup/say.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

async function setUp() {
  const tools = join(root, '.tools');
  const existing = existingNode(tools);
  if (existing !== null && dependenciesAreCurrent(root)) return existing;
  return withLock(join(tools, 'setup.lock'), 'setting up', async () => {
    const node = await ensureNode(tools);
    await ensureDependencies(root, node);
    return node;
  });
}

function run(node, args) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends its Ctrl-C to the child as well: passed on, it would count as a second one.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('error', (error) => {
    say(`${node} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const args = process.argv.slice(2);
if (args.length === 0) {
  say('usage: node scripts/with-node.mjs SCRIPT [ARGUMENT…]');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
try {
  const node = await setUp();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  if (args[0] !== '--setup') run(node, args);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exit(1);
}
