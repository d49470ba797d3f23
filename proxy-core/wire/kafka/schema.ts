/**
 * Messages of Kafka as data (https://kafka.apache.org/protocol): each is a text such as
 *
 *     timeoutMs int32, topics [ topic string 0-12, topicId uuid 13+, partitions [int32] ] 2+
 *
 * of fields in their order: a name, a type or what an array has in brackets, and the versions that have the field. `?[ … ]` are fields that may be left out together,
 * `{ … }` fields that stand together, and `#3 name type` is a tagged field (KIP-482) with its number.
 */

const kinds = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uuid',
  'string',
  'bytes',
  /** Record batches, or sets of messages. */
  'records',
  /** A text or bytes that are covered before anybody keeps them. */
  'secret',
  'proof',
  'array',
  /** As an array of one element at most. */
  'optional',
  /** As an array of exactly one element, with no length in front. */
  'struct',
  /** Fields with numbers of their own, which anybody may leave out (KIP-482). */
  'tags',
  /** All that follows, which is not described here. */
  'rest',
] as const;

export type Kind = (typeof kinds)[number];

export interface Field {
  readonly name: string;
  readonly kind: Kind;
  /** Of an array: the fields of each element; an element that is one value is a field without a name. Of tags: those that are known. */
  readonly of: readonly Field[];
  /** The number of a tagged field; -1 for all others. */
  readonly tag: number;
  /** Lengths are variable in size, and one too large. */
  readonly compact: boolean;
}

/** A field in all versions of its message. */
interface Declared {
  name: string;
  kind: Kind;
  of: Declared[];
  tag: number;
  from: number;
  to: number;
}

/** Makes the fields of one version; `flexible` as the version is. */
export function fieldsOf(text: string, version: number, flexible: boolean): readonly Field[] {
  const words = text.match(/[\w+-]+|#\d+|\??\[|[\]{},]/g) ?? [];
  return inVersion(declared(words), version, flexible);
}

/** Takes words up to the end, or to the bracket that closes an array or a struct. */
function declared(words: string[]): Declared[] {
  const fields: Declared[] = [];
  for (let word = words.shift(); word !== undefined && word !== ']' && word !== '}'; word = words.shift()) {
    if (word === ',') continue;
    // An array of values has but their type in its brackets.
    if (isKind(word) && (words[0] === ']' || word === 'rest')) {
      fields.push({ name: '', kind: word, of: [], tag: -1, from: 0, to: Infinity });
      continue;
    }
    const tag = word.startsWith('#') ? Number(word.slice(1)) : -1;
    const name = tag >= 0 ? (words.shift() ?? '') : word;
    const type = words.shift() ?? '';
    const kind = brackets[type] ?? type;
    if (!isKind(kind)) throw new TypeError(`the type of ${name} is none`);
    const of = type in brackets ? declared(words) : [];
    const [, from, dash, to] = /^(\d+)([+-])(\d*)$/.exec(words[0] ?? '') ?? [];
    if (from !== undefined) words.shift();
    fields.push({ name, kind, of, tag, from: Number(from ?? 0), to: dash === '-' ? Number(to) : Infinity });
  }
  return fields;
}

const brackets: Readonly<Record<string, Kind>> = { '[': 'array', '?[': 'optional', '{': 'struct' };

function inVersion(fields: readonly Declared[], version: number, flexible: boolean): Field[] {
  const present = fields
    .filter(({ from, to }) => from <= version && version <= to)
    .map(({ name, kind, of, tag }) => {
      return { name, kind, of: inVersion(of, version, flexible), tag, compact: flexible && kind !== 'optional' };
    });
  const plain = present.filter(({ tag }) => tag < 0);
  // Values in an array have no tags of their own, and what is not described here may have any.
  const isStruct = fields.every(({ name }) => name !== '');
  return flexible && isStruct ? [...plain, { ...tags, of: present.filter(({ tag }) => tag >= 0) }] : plain;
}

export const tags: Field = { name: '', kind: 'tags', of: [], tag: -1, compact: true };
export const rest: Field = { name: '', kind: 'rest', of: [], tag: -1, compact: false };

function isKind(word: string): word is Kind {
  return (kinds as readonly string[]).includes(word);
}
