import { bashWord } from '../shell-bash.ts';

/** A command for bash and zsh, an argument a line. Arguments hold bytes as latin-1. */
export function shellCommand(
  program: string,
  args: readonly (string | readonly [flag: string, value: string])[],
  end = '',
): string {
  const words = args.map((arg) => (typeof arg === 'string' ? bashWord(arg) : arg[0] + bashWord(arg[1])));
  return `${[program, ...words].join(' \\\n  ')}${end}\n`;
}

/** UTF-8 text as the bytes that it is, held as latin-1. */
export function latin1Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
