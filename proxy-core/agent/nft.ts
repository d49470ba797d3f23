import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { limits } from '../limits.ts';

/** Lines of what nft says that are kept for a message. */
const KEPT_LINES = 20;

interface Waiting {
  command: string;
  mark: string;
  resolve: (words: string) => void;
  timer: NodeJS.Timeout;
}

/**
 * A long-lived `nft -i`. It keeps one netlink socket open, and the table that was made through it lives no longer than that socket; so the table is
 * gone as soon as this process is, however it ends.
 *
 * nft prints errors and no acknowledgements. So each command is followed by a word that it does not know: when it complains about that, it has carried
 * out what came before.
 */
export class Nft {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: Waiting[] = [];
  /** What it has said since the last mark, in lines, and the beginning of the next one. */
  #words: string[] = [];
  #rest = '';
  #marks = 0;
  #over = false;

  /** `ended` is told when nft has ended without having been asked to, in nft's own words. */
  constructor(program: string, ended: (words: string) => void) {
    const child = spawn(program, ['-i'], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: '/' } });
    this.#child = child;
    const end = (words: string): void => {
      if (this.#over) return;
      this.#over = true;
      for (const waiting of this.#waiting.splice(0)) this.#settle(waiting, words);
      ended(words);
    };
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    child.stdin.on('error', () => {
      // It has ended; `close` tells.
    });
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(this.#words.join('\n') || `nft ended (${signal ?? code})`));
    // What it says before the first command is about its terminal, of which our image knows nothing, and is no answer to that command.
    void this.run('');
  }

  /** Carries out one command. Resolves with what nft has against it; empty when it was carried out. Never rejects. */
  run(command: string): Promise<string> {
    if (this.#over) return Promise.resolve('nft has ended');
    return new Promise((resolve) => {
      this.#marks += 1;
      const mark = `sidetap-mark-${this.#marks}`;
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        resolve('nft does not answer');
      }, limits.nftMillis);
      const waiting = { command, mark, resolve, timer };
      this.#waiting.push(waiting);
      this.#child.stdin.write(`${command}\n${mark}\n`);
    });
  }

  /** Ends nft, and with it the table. Resolves when it has ended. */
  close(): Promise<void> {
    const child = this.#child;
    const running = !this.#over;
    this.#over = true;
    for (const waiting of this.#waiting.splice(0)) this.#settle(waiting, 'nft has ended');
    if (!running || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), limits.nftMillis);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.stdin.end();
    });
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-limits.nftWordsChars);
    for (const line of lines) {
      const first = this.#waiting[0];
      if (line.trim() === first?.mark) {
        this.#waiting.shift();
        // The last line is the complaint about the mark. Of a command in several parts each complains.
        const words = [...new Set(this.#words.slice(0, -1))].join('\n');
        this.#words = [];
        this.#settle(first, words.slice(0, limits.nftWordsChars));
      } else if (!isEcho(line, first?.command ?? '')) {
        this.#words = [...this.#words.slice(1 - KEPT_LINES), line];
      }
    }
  }

  #settle({ resolve, timer }: Waiting, words: string): void {
    clearTimeout(timer);
    resolve(words);
  }
}

/** An error is followed by the command and by a line that points into it. */
function isEcho(line: string, command: string): boolean {
  const text = line.trim();
  return text === '' || text === command.trim() || /^[\^~ ]+$/.test(text);
}
