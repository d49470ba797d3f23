import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A display of its own for programs that open windows; nobody sees it. */
export interface Display {
  /** `:7` */
  name: string;
  close: () => Promise<void>;
}

export async function startDisplay(): Promise<Display> {
  // It takes a free number by itself and says which on its third stream.
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const said = once(child.stdio[3] as NodeJS.ReadableStream, 'data') as Promise<[Buffer]>;
  const first = await Promise.race([said, ended.then(() => null)]);
  if (first === null) throw new Error('Xvfb ended before there was a display');
  return {
    name: `:${first[0].toString().trim()}`,
    close: async () => {
      child.kill();
      await ended;
    },
  };
}
