/** The filter's parts at the outermost level, blanks between them gone. Quotes, parentheses and regular expressions stay whole. */
function partsOf(filter: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < filter.length; at += 1) {
    const character = filter[at] ?? '';
    if (quoted && character === '\\') {
      part += character + (filter[at + 1] ?? '');
      at += 1;
      continue;
    }
    if (character === '"') quoted = !quoted;
    else if (!quoted && character === '(') depth += 1;
    else if (!quoted && character === ')') depth -= 1;
    if (!quoted && depth === 0 && /\s/.test(character)) {
      if (part !== '') parts.push(part);
      part = '';
    } else {
      part += character;
    }
  }
  return part === '' ? parts : [...parts, part];
}

/** Conditions that must all hold; null where the filter is not simply a row of such. */
export function conditionsOf(filter: string): string[] | null {
  const conditions: string[] = [];
  let negation = '';
  for (const part of partsOf(filter)) {
    if (/^or$/i.test(part)) return null;
    if (/^not$/i.test(part)) {
      negation += `${part} `;
    } else if (!/^and$/i.test(part)) {
      conditions.push(negation + part);
      negation = '';
    }
  }
  return conditions;
}

/** The filter with one condition in place of those that `is` it; without any when that is null. The others stay. */
export function replaced(filter: string, is: (condition: string) => boolean, condition: string | null): string {
  const before = filter.trim();
  const conditions = before === '' ? [] : conditionsOf(before);
  const rest = conditions?.filter((one) => !is(one)) ?? [`(${before})`];
  return condition === null ? ungrouped(rest.join(' ')) : [...rest, condition].join(' ');
}

/** Without the parentheses that stand around what was there. */
function ungrouped(filter: string): string {
  const isGroup = filter.startsWith('(') && filter.endsWith(')') && partsOf(filter).length === 1;
  return isGroup ? filter.slice(1, -1) : filter;
}
