import { type FilterField, filterFields, findField } from '../../proxy-core/filter/fields.ts';
import { ownLocationNames } from '../../proxy-core/rrpair/protocols.ts';
import type { ValueField } from '../../proxy-core/rrpair/shapes.ts';
import { quoted } from './terms.ts';

/** Where the caret stands in a filter: in the name of a field, or in the value of one. */
export type Place = { from: number; to: number; typed: string } & (
  | { kind: 'field' }
  | { kind: 'value'; field: FilterField; operator: string }
);

const CONDITION = /^([a-z][a-z0-9_-]*)(?:\[[^\]\s]*\])?(:(?:!=|>=|<=|[=><~])?|!=|>=|<=|[=><~])([^]*)$/i;

/** What is being written at the caret; null where nothing can be offered. */
export function placeAt(text: string, caret: number): Place | null {
  const { start, quotedAt } = tokenAt(text, caret);
  const head = text.slice(start, caret);
  const match = CONDITION.exec(head);
  if (match !== null) {
    const [, name = '', operator = '', value = ''] = match;
    const field = findField(name);
    if (field === undefined) return null;
    const typed = value.replace(/^"/, '').replaceAll(/\\(["\\])/g, '$1');
    return { kind: 'value', field, operator, from: caret - value.length, to: endOf(text, caret, quotedAt), typed };
  }
  return /^[a-z]*$/i.test(head) ? { kind: 'field', from: start, to: endOf(text, caret, false), typed: head } : null;
}

/** Where the word at the caret begins, its negation aside, and whether the caret stands in quotes. */
function tokenAt(text: string, caret: number): { start: number; quotedAt: boolean } {
  let start = 0;
  let inQuotes = false;
  for (let at = 0; at < caret; at += 1) {
    const character = text[at] ?? '';
    if (inQuotes) {
      if (character === '\\') at += 1;
      else if (character === '"') inQuotes = false;
    } else if (/\s/.test(character)) start = at + 1;
    else if (at === start && /[(-]/.test(character)) start = at + 1;
    else if (character === '"' && (at === start || /[:=~<>]/.test(text[at - 1] ?? ''))) inQuotes = true;
  }
  return { start, quotedAt: inQuotes };
}

function endOf(text: string, caret: number, inQuotes: boolean): number {
  let at = caret;
  if (!inQuotes) {
    while (at < text.length && !/[\s)]/.test(text[at] ?? '')) at += 1;
    return at;
  }
  for (; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Something that can be put at the caret. */
export interface Suggestion {
  /** What it is called. Captured text: to be shown with care. */
  label: string;
  /** What it means, or how often it is there. */
  detail: string;
  /** What is written in place of what stands between `from` and `to`. */
  insert: string;
  /** More is to follow: the value after the field. */
  more: boolean;
}

/** Fields whose name, alias or description fits what was typed. */
export function fieldSuggestions(typed: string): Suggestion[] {
  const wanted = typed.toLowerCase();
  const rank = ({ name, aliases, description }: FilterField): number => {
    if (name.startsWith(wanted)) return 0;
    if (aliases.some((alias) => alias.startsWith(wanted))) return 1;
    return wanted.length > 2 && description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return filterFields
    .filter((field) => rank(field) < 3)
    .toSorted((a, b) => rank(a) - rank(b))
    .map((field) => ({
      label: field.name,
      detail: field.description,
      insert: `${field.name}${field.kind === 'header' ? '[' : ':'}`,
      more: true,
    }));
}

/** Whether a filter ends with what may become the name of a field, rather than with a word to search for. */
export function isFieldName(text: string): boolean {
  const place = placeAt(text, text.length);
  return (
    place?.kind === 'field' && place.typed !== '' && filterFields.some(({ name }) => name.startsWith(place.typed.toLowerCase()))
  );
}

/** Values that make sense for numbers and times, which have too many to be listed. */
const TYPICAL: Readonly<Partial<Record<FilterField['kind'], readonly [value: string, detail: string][]>>> = {
  status: [
    ['5xx', 'The server failed'],
    ['4xx', 'The client was wrong'],
    ['>=400', 'Either'],
  ],
  millis: [
    ['>100ms', 'More than 100 milliseconds'],
    ['>1s', 'More than a second'],
    ['100ms..500ms', 'From … to'],
  ],
  bytes: [
    ['>10kb', 'More than 10 KB'],
    ['>1mb', 'More than 1 MB'],
  ],
  time: [
    ['-5m', 'The last five minutes'],
    ['-1h', 'The last hour'],
    ['-1d', 'The last day'],
  ],
};

/** Values that are known without asking the engine. */
export function typicalValues(field: FilterField, operator: string, typed: string): Suggestion[] {
  const listed = field.values.map((value): readonly [string, string] => [value, '']);
  return [...listed, ...(TYPICAL[field.kind] ?? [])]
    .filter(([value]) => value.startsWith(typed.toLowerCase()) && (operator === ':' || !/^[<>]/.test(value)))
    .map(([value, detail]) => ({ label: value, detail, insert: value, more: false }));
}

const VALUE_FIELDS: ReadonlySet<string> = new Set<ValueField>([
  'source',
  'tech',
  'protocol',
  'command',
  'host',
  'path',
  'status',
  'error',
  'note',
  ...ownLocationNames,
]);

/** The field under which the engine knows values. */
export function valueFieldOf(field: FilterField): ValueField | null {
  return VALUE_FIELDS.has(field.name) && field.values.length === 0 ? (field.name as ValueField) : null;
}

/** A value as it is written after an operator: in quotes where it would mean something else, or end too soon, without them. */
export function written(value: string): string {
  return /^[\w/.*@,?&%+-][\w/.*@,?&%+=:-]*$/.test(value) ? value : quoted(value);
}
