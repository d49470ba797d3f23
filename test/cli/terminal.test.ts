import { once } from 'node:events';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Running } from './support.ts';
import { Stage } from './support.ts';

/** What only a terminal shows: Python's `pty` puts one between us and the command. */

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.end());

const bin = path.join(import.meta.dirname, '..', '..', 'bin', 'sidetap');

/** Runs the command in a terminal of 80 columns; what is sent to `stdin` is typed. The exit code is the command's. */
const inTerminal = `
import os, pty, sys, fcntl, termios, struct, select
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
inputs = [fd, 0]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if 0 in ready:
        typed = os.read(0, 1024)
        if typed: os.write(fd, typed)
        else: inputs.remove(0)
    if fd in ready:
        try: shown = os.read(fd, 65536)
        except OSError: break
        if not shown: break
        os.write(1, shown)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
`;

function open(...args: string[]): Running {
  return stage.start(['-c', inTerminal, bin, ...args], {
    file: 'python3',
    keepStdin: true,
    // Node shows no colours where CI is set.
    env: { CI: undefined, NO_COLOR: undefined, TERM: 'xterm-256color' },
  });
}

async function shows(running: Running, text: string): Promise<void> {
  while (!running.stdout().includes(text)) await once(running.child.stdout ?? running.child, 'data');
}

const ctrlC = '\u0003';
const free = ['start', 'capture', '--in-port', '0', '--out-port', '0'];

test('Ctrl-C ends a capture in order', async () => {
  const running = open(...free);
  await shows(running, 'Ctrl-C or');
  running.child.stdin?.write(ctrlC);
  expect(await running.ended).toMatchObject({ code: 0 });
});

test('Ctrl-C reaches the command once, not a second time through us', async () => {
  const script = `let n = 0; process.on('SIGINT', () => { n += 1; console.log('interrupted ' + n); setTimeout(() => process.exit(40 + n), 300); }); console.log('ready'.toUpperCase()); setInterval(() => {}, 1e6)`;
  const running = open(...free, '--', process.execPath, '-e', script);
  await shows(running, 'READY');
  running.child.stdin?.write(ctrlC);
  expect(await running.ended).toMatchObject({ code: 41 });
  expect(running.stdout()).not.toContain('interrupted 2');
});

test('a command that does not end at Ctrl-C goes on, under capture, until it ends', async () => {
  const script = `let n = 0; process.on('SIGINT', () => { n += 1; console.log('interrupted ' + n); if (n === 3) process.exit(0); }); console.log('ready'.toUpperCase()); setInterval(() => {}, 1e6)`;
  const running = open(...free, '--', process.execPath, '-e', script);
  await shows(running, 'READY');
  for (const count of [1, 2]) {
    running.child.stdin?.write(ctrlC);
    await shows(running, `interrupted ${count}`);
  }
  expect(await stage.pairs()).toEqual([]);
  running.child.stdin?.write(ctrlC);
  expect(await running.ended).toMatchObject({ code: 0 });
});

test('Ctrl-C before the command is there ends it all', async () => {
  const running = open(...free, '--', 'sh', '-c', 'echo started; exec sleep 1000');
  await shows(running, 'Starting');
  running.child.stdin?.write(ctrlC);
  expect(await running.ended).toMatchObject({ code: 130 });
});

test('list fits the terminal, in colour', async () => {
  const capture = await stage.capture();
  for (const place of ['a', 'b'.repeat(200)]) {
    await stage.start(['-s', '-x', capture.ready.outbound, `http://127.0.0.1:9/${place}`], { file: 'curl' }).ended;
  }
  const list = await open('list').ended;
  expect(list.code).toBe(0);
  expect(list.stdout).toContain('\u001b[31m');
  // oxlint-disable-next-line no-control-regex -- colours take no room
  const lines = list.stdout
    .replace(/\u001b\[\d+m/g, '')
    .trimEnd()
    .split('\r\n');
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(list.stdout).toContain('…');
  expect(
    (await stage.start(['-c', inTerminal, bin, 'list'], { file: 'python3', keepStdin: true, env: { NO_COLOR: '1' } }).ended).stdout,
  ).not.toContain('\u001b[');
});
