import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Host } from './namespaces.ts';

const folder = resolve(import.meta.dirname, 'programs');

export type ServerKind = 'http' | 'https' | 'echo' | 'banner' | 'half' | 'reset' | 'silent';

/** Starts a server on a host and answers its port. */
export async function serve(host: Host, kind: ServerKind, port = 0, ...more: string[]): Promise<number> {
  const child = host.spawn([process.execPath, `${folder}/server.ts`, kind, String(port), ...more]);
  return Number(await new Lines(child).next((line) => /^\d+$/.test(line)));
}

/** A client that calls without a pause until its input ends. */
export function keepCalling(host: Host, url: string): Program {
  return new Program(host.spawn([process.execPath, `${folder}/keep-alive.ts`, url]));
}

/** A program, and what it prints. */
export class Program {
  readonly child: ChildProcess;
  readonly #lines: Lines;

  constructor(child: ChildProcess) {
    this.child = child;
    this.#lines = new Lines(child);
  }

  /** Resolves with the first line from the last one on that begins like this. */
  said(beginning: string): Promise<string> {
    return this.#lines.next((line) => line.startsWith(beginning));
  }

  /** Resolves with all it has printed, when it has ended. */
  async everything(): Promise<string> {
    if (this.child.exitCode === null) await once(this.child, 'close');
    return this.#lines.all();
  }
}

/** A client on a host that does as it is told. */
export class Client extends Program {
  constructor(host: Host, address: string, port: number) {
    super(host.spawn([process.execPath, `${folder}/client.ts`, address, String(port)]));
  }

  do(command: string): void {
    this.child.stdin?.write(`${command}\n`);
  }
}

class Lines {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #read = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('it prints nothing');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#lines.push(line);
      child.emit('line');
    });
  }

  all(): string {
    return this.#lines.join('\n');
  }

  async next(fits: (line: string) => boolean): Promise<string> {
    const deadline = AbortSignal.timeout(30_000);
    for (;;) {
      while (this.#read < this.#lines.length) {
        const line = this.#lines[this.#read++] as string;
        if (fits(line)) return line;
      }
      await once(this.#child, 'line', { signal: deadline }).catch((error: unknown) => {
        throw new Error(`it was not said; what was: ${this.#lines.join(' | ')}`, { cause: error });
      });
    }
  }
}
