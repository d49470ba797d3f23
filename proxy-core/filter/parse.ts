import { assertNever, messageOf } from '../errors.ts';
import { limits } from '../limits.ts';
import { colourOf, colours } from '../rrpair/marks.ts';
import type { FilterNode, NumberRange, TextTest } from './ast.ts';
import { type FilterField, findField, flags, isFlag, isNumberField, isTextField } from './fields.ts';
import { type Operator, type Token, tokens, type Value } from './lexer.ts';
import { FilterProblem } from './problem.ts';
import { type ReadQuantity, rangeOf, readDuration, readMoment, readSize, readWhole } from './quantities.ts';

export type ParsedFilter =
  | { ok: true; ast: FilterNode }
  /** `column` is that of the first wrong character, from 0; the message is a sentence that says what is expected. */
  | { ok: false; message: string; column: number };

/** Reads a filter. The language is described in docs/filter.md. `now` (Unix epoch, ms) tells which day a time such as `10:04` is of. */
export function parseFilter(text: string, now: number = Date.now()): ParsedFilter {
  try {
    if (text.length > limits.filterChars) {
      throw new FilterProblem(`A filter may have up to ${String(limits.filterChars)} characters.`, limits.filterChars);
    }
    const nul = text.indexOf('\0');
    if (nul >= 0) throw new FilterProblem('A NUL character cannot be searched for.', nul);
    return { ok: true, ast: new Parser(tokens(text.toWellFormed()), now).filter() };
  } catch (error) {
    if (error instanceof FilterProblem) return { ok: false, message: error.message, column: error.column };
    throw error;
  }
}

type ConditionToken = Extract<Token, { kind: 'condition' }>;

class Parser {
  readonly #tokens: readonly Token[];
  readonly #now: number;
  #at = 0;
  #depth = 0;
  #conditions = 0;

  constructor(all: readonly Token[], now: number) {
    this.#tokens = all;
    this.#now = now;
  }

  filter(): FilterNode {
    if (this.#peek.kind === 'end') return { kind: 'everything' };
    const node = this.#or();
    if (this.#peek.kind === ')') throw new FilterProblem('This parenthesis was not opened.', this.#peek.column);
    return node;
  }

  get #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', column: 0 };
  }

  #take(): Token {
    const token = this.#peek;
    this.#at += 1;
    return token;
  }

  #or(): FilterNode {
    const terms = [this.#and()];
    while (this.#peek.kind === 'or') {
      this.#at += 1;
      terms.push(this.#and());
    }
    return joined('or', terms);
  }

  #and(): FilterNode {
    const terms = [this.#not()];
    for (;;) {
      const { kind } = this.#peek;
      if (kind === 'end' || kind === ')' || kind === 'or') return joined('and', terms);
      if (kind === 'and') this.#at += 1;
      terms.push(this.#not());
    }
  }

  #not(): FilterNode {
    const { kind, column } = this.#peek;
    if (kind !== 'not' && kind !== '-') return this.#primary();
    this.#at += 1;
    return this.#nested(column, () => ({ kind: 'not', term: this.#not() }));
  }

  #primary(): FilterNode {
    const token = this.#take();
    switch (token.kind) {
      case '(': {
        const node = this.#nested(token.column, () => this.#or());
        if (this.#take().kind !== ')') throw new FilterProblem('This parenthesis is not closed.', token.column);
        return node;
      }
      case 'text':
        this.#count(token.column);
        return { kind: 'anywhere', text: token.value.text };
      case 'condition':
        this.#count(token.column);
        return condition(token, this.#now);
      default:
        throw new FilterProblem('A condition is expected here, such as status:5xx or a word to search for.', token.column);
    }
  }

  /** Conditions become SQL, which is nested as deeply; and a filter must not exhaust the stack. */
  #nested(column: number, read: () => FilterNode): FilterNode {
    this.#depth += 1;
    if (this.#depth > limits.filterDepth) throw new FilterProblem('The filter is nested too deeply.', column);
    const node = read();
    this.#depth -= 1;
    return node;
  }

  #count(column: number): void {
    this.#conditions += 1;
    if (this.#conditions > limits.filterConditions) {
      throw new FilterProblem(`A filter may have up to ${String(limits.filterConditions)} conditions.`, column);
    }
  }
}

function joined(kind: 'and' | 'or', terms: FilterNode[]): FilterNode {
  const [only] = terms;
  return terms.length === 1 && only !== undefined ? only : { kind, terms };
}

function condition(token: ConditionToken, now: number): FilterNode {
  const field = findField(token.field);
  if (field === undefined) throw new FilterProblem(`There is no field “${token.field}”.`, token.column);
  if (token.name !== null && field.kind !== 'header') {
    throw new FilterProblem('Only header takes a name in brackets, as in header[content-type].', token.column + token.field.length);
  }
  const { operator, value } = token;
  if (operator === null || value === null) return { kind: 'header', name: headerName(token), test: null };
  const node = build(field, token, operator, value, now);
  return operator === '!=' ? { kind: 'not', term: node } : node;
}

function build(field: FilterField, token: ConditionToken, operator: Operator, value: Value, now: number): FilterNode {
  switch (field.kind) {
    case 'text':
    case 'word':
      return textNode(field, operator, value, field.kind === 'word' ? '=' : ':');
    case 'call':
      return callNode(field, operator, value);
    case 'direction':
      return directionNode(operator, value);
    case 'colour':
      return colourNode(operator, value);
    case 'status':
      return statusNode(field, operator, value);
    case 'millis':
      return numberNode(field, operator, value, readDuration, 'a time such as 200ms, 1.5s or 2m');
    case 'bytes':
      return numberNode(field, operator, value, readSize, 'a size such as 512, 10kb or 1mb');
    case 'number':
      return numberNode(field, operator, value, readWhole, 'a whole number');
    case 'pair':
      return linkedNode(field, operator, value);
    case 'time':
      return numberNode(field, operator, value, (text) => readMoment(text, now), 'a time such as -5m, 10:04 or 2026-11-20T10:00');
    case 'header':
      return { kind: 'header', name: headerName(token), test: textTest(field, operator, value, ':') };
    case 'body':
      return { kind: 'body', test: textTest(field, operator, value, ':') };
    case 'flag':
      return flagNode(operator, value);
    default:
      return assertNever(field.kind);
  }
}

function headerName(token: ConditionToken): string | null {
  if (token.name === '')
    throw new FilterProblem('The name of a header field is expected in the brackets.', token.column + token.field.length + 1);
  return token.name === null ? null : token.name.toLowerCase();
}

function textNode(field: FilterField, operator: Operator, value: Value, byDefault: Operator): FilterNode {
  if (!isTextField(field.name)) throw new Error(`${field.name} is no text`);
  return { kind: 'text', field: field.name, test: textTest(field, operator, value, byDefault) };
}

/** The path of a call is its method. */
function callNode(field: FilterField, operator: Operator, value: Value): FilterNode {
  const isCall = callTechnologies.map((text): FilterNode => ({ kind: 'text', field: 'tech', test: { op: 'equals', text } }));
  const method: FilterNode = { kind: 'text', field: 'path', test: textTest(field, operator, value, ':') };
  return { kind: 'and', terms: [{ kind: 'or', terms: isCall }, method] };
}

/** As `detect/rules/formats.ts` names them. */
const callTechnologies = ['gRPC', 'gRPC-Web', 'Connect'];

/** `byDefault` is what `:` means: that the text is contained, or (`=`) that it is equal. */
function textTest(field: FilterField, operator: Operator, value: Value, byDefault: Operator): TextTest {
  const meant = operator === ':' ? byDefault : operator;
  switch (meant) {
    case ':':
      return { op: 'contains', text: value.text };
    case '=':
    case '!=':
      return { op: 'equals', text: value.text };
    case '~':
      return { op: 'matches', pattern: pattern(value) };
    default:
      throw new FilterProblem(`${field.name} holds text; after it, one of : = != ~ is expected.`, value.column - meant.length);
  }
}

function pattern(value: Value): RegExp {
  if (value.text.length > limits.regexChars) {
    throw new FilterProblem(`A regular expression may have up to ${String(limits.regexChars)} characters.`, value.column);
  }
  try {
    return new RegExp(value.text, 'i');
  } catch (error) {
    const reason = messageOf(error).replace(/^Invalid regular expression: /, '');
    throw new FilterProblem(`This is no regular expression: ${reason}.`, value.column);
  }
}

function directionNode(operator: Operator, value: Value): FilterNode {
  refuseAllBut(operator, [':', '=', '!='], 'direction', value);
  const text = value.text.toLowerCase();
  if (!['in', 'out', 'inbound', 'outbound'].includes(text)) throw new FilterProblem('in or out is expected.', value.column);
  return { kind: 'direction', outbound: text.startsWith('out') };
}

function colourNode(operator: Operator, value: Value): FilterNode {
  refuseAllBut(operator, [':', '=', '!='], 'colour', value);
  const name = value.text.toLowerCase();
  if (name !== 'none' && colourOf(name) === null)
    throw new FilterProblem(`One of ${colours.join(', ')}, none is expected.`, value.column);
  return { kind: 'text', field: 'colour', test: { op: 'equals', text: name === 'none' ? '' : name } };
}

function flagNode(operator: Operator, value: Value): FilterNode {
  refuseAllBut(operator, [':', '=', '!='], 'is', value);
  const flag = value.text.toLowerCase();
  if (!isFlag(flag)) throw new FilterProblem(`One of ${flags.join(', ')} is expected.`, value.column);
  return { kind: 'flag', flag };
}

/** A number, a class or a range is about the code; anything else is text. */
function statusNode(field: FilterField, operator: Operator, value: Value): FilterNode {
  const hundreds = /^([1-9])xx$/i.exec(value.text);
  const isEqual = operator === ':' || operator === '=' || operator === '!=';
  if (hundreds !== null && !value.quoted && isEqual) {
    const from = Number(hundreds[1]) * 100;
    return { kind: 'number', field: 'status', range: { from: inclusive(from), to: inclusive(from + 99) } };
  }
  const range = value.quoted || operator === '~' ? null : rangeOf(operator, value.text, readWhole);
  if (range !== null) return { kind: 'number', field: 'status', range };
  if (!isEqual && operator !== '~') throw new FilterProblem('A status code is expected, such as 500.', value.column);
  return textNode(field, operator, value, ':');
}

function numberNode(field: FilterField, operator: Operator, value: Value, read: ReadQuantity, expected: string): FilterNode {
  if (!isNumberField(field.name)) throw new Error(`${field.name} is no number`);
  refuseAllBut(operator, [':', '=', '!=', '>', '>=', '<', '<='], field.name, value);
  const range = rangeOf(operator, value.text, read);
  if (range === null) throw new FilterProblem(`For ${field.name}, ${expected} is expected.`, value.column);
  return { kind: 'number', field: field.name, range };
}

const linkNames: Readonly<Record<string, Extract<FilterNode, { kind: 'linked' }>['as']>> = {
  'caused-by': 'calls',
  causes: 'causes',
  'pushed-by': 'pushes',
};

function linkedNode({ name }: FilterField, operator: Operator, value: Value): FilterNode {
  refuseAllBut(operator, [':', '=', '!='], name, value);
  const id = /^#?\d{1,15}$/.test(value.text) ? Number(value.text.replace('#', '')) : 0;
  if (id === 0) throw new FilterProblem(`For ${name}, the number of a pair is expected.`, value.column);
  return { kind: 'linked', as: linkNames[name] ?? 'calls', id };
}

function inclusive(value: number): NonNullable<NumberRange['from']> {
  return { value, inclusive: true, relative: false };
}

function refuseAllBut(operator: Operator, allowed: readonly Operator[], field: string, value: Value): void {
  if (allowed.includes(operator)) return;
  throw new FilterProblem(`After ${field}, one of ${allowed.join(' ')} is expected.`, value.column - operator.length);
}
