import { SidetapError } from '../errors.ts';

/** One step of a path: a member's name, any member or item, an item's index, or any number of steps. */
type Step = { kind: 'name'; name: string } | { kind: 'any' } | { kind: 'item'; index: number } | { kind: 'deep' };
export type JsonPath = readonly Step[];

const steps =
  /^(?:\.\.|\.?(?<star>\*)|\.?(?<name>[^.[\]*"']+)|\[(?:(?<index>\d+)|(?<all>\*)|"(?<double>[^"]*)"|'(?<single>[^']*)')\])/;

/** Reads `$.user.ssn`, `$.cards[*].number`, `$..iban`, `$["a b"]`. The `$` may be left out. Throws `masking-invalid`. */
export function parseJsonPath(text: string): JsonPath {
  const path: Step[] = [];
  let rest = text.replace(/^\$/, '');
  while (rest !== '') {
    const match = steps.exec(rest);
    if (match === null) {
      throw new SidetapError('masking-invalid', `\`${text}\` is no JSON path; write it like \`$.user.ssn\` or \`$..iban\`.`);
    }
    const { star, name, index, all, double, single } = match.groups ?? {};
    if (match[0] === '..') path.push({ kind: 'deep' });
    else if (star !== undefined || all !== undefined) path.push({ kind: 'any' });
    else if (index !== undefined) path.push({ kind: 'item', index: Number(index) });
    else path.push({ kind: 'name', name: name ?? double ?? single ?? '' });
    rest = rest.slice(match[0].length);
  }
  if (path.length === 0 || path.at(-1)?.kind === 'deep') {
    throw new SidetapError('masking-invalid', `\`${text}\` names nothing; write a JSON path like \`$.user.ssn\`.`);
  }
  return path;
}

/** Whether the path leads to where `at` is: names of members and indexes of items, from the outside in. */
export function leadsTo(path: JsonPath, at: readonly (string | number)[]): boolean {
  // Which steps may come next, all ways at once: `$..a..b` would otherwise try every split.
  let next = new Set([0]);
  for (const part of at) {
    const after = new Set<number>();
    for (const index of withSkips(path, next)) {
      const step = path[index];
      if (step === undefined) continue;
      if (step.kind === 'deep') after.add(index);
      else if (fits(step, part)) after.add(index + 1);
    }
    if (after.size === 0) return false;
    next = after;
  }
  return next.has(path.length);
}

/** A deep step may also stand for nothing. */
function withSkips(path: JsonPath, from: ReadonlySet<number>): Set<number> {
  const all = new Set<number>();
  for (const start of from) {
    all.add(start);
    for (let index = start; path[index]?.kind === 'deep'; index += 1) all.add(index + 1);
  }
  return all;
}

function fits(step: Step, part: string | number): boolean {
  if (step.kind === 'any') return true;
  if (step.kind === 'item') return step.index === part;
  return step.kind === 'name' && step.name === part;
}
