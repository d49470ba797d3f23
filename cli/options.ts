import { InvalidArgumentError, Option } from 'commander';

/** Ends a command line with this exit code. */
export type End = (exitCode: number) => void;

export const dataDir = (): Option =>
  new Option('--data-dir <dir>', 'where pairs and the CA are kept (default: SIDETAP_HOME or ~/.sidetap)');
export const json = (what: string): Option => new Option('--json', what);
export const snapshot = (): Option => new Option('--snapshot <snapshot>', 'of this snapshot, by its id or name');
export const filter = (): Option => new Option('--filter <query>', 'only pairs that match, e.g. "status:>=500 host:api"');

export function number(least: number, most: number, what: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(what);
    return value;
  };
}

export const port = number(0, 65_535, 'It must be a port number, or 0 for any free one.');
export const id = number(1, Number.MAX_SAFE_INTEGER, 'It must be the id of a pair, as `sidetap list` shows it.');
export const ids = (text: string, previous: readonly number[] = []): number[] => [...previous, id(text)];

/** `recorded`, `fast`, or a number of requests a second. */
export function pace(text: string): 'recorded' | 'fast' | number {
  if (text === 'recorded' || text === 'fast') return text;
  const rate = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || rate <= 0) throw new InvalidArgumentError('It must be recorded, fast, or a number above 0.');
  return rate;
}

/** An option that may be given several times. */
export function repeatable(flags: string, what: string): Option {
  return new Option(flags, what).argParser((text: string, previous: readonly string[] | undefined) => {
    if (text === '') throw new InvalidArgumentError('It must not be empty.');
    return [...(previous ?? []), text];
  });
}
