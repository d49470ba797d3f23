/** What a message says: a literal of JSON, or `0x…` for bytes of which nothing is known; any number of them; or fields. */
export type ProtoValue = string | ProtoValue[] | ProtoFields;

/** The fields of a message in the order they were sent; without a schema they are called by their numbers. */
export class ProtoFields {
  readonly entries: [name: string, value: ProtoValue][] = [];
  readonly #places = new Map<string, number>();

  get(name: string): ProtoValue | undefined {
    return this.entries[this.#places.get(name) ?? -1]?.[1];
  }

  /** What was sent before by this name does not hold any more. */
  set(name: string, value: ProtoValue): void {
    const place = this.#places.get(name);
    if (place === undefined) this.add(name, value);
    else this.entries[place] = [name, value];
  }

  /** Beside what was sent before by this name. */
  add(name: string, value: ProtoValue): void {
    this.#places.set(name, this.entries.length);
    this.entries.push([name, value]);
  }
}

/** As one line, for a list; that of a whole message has no braces. */
export function lineOf(value: ProtoValue, most: number): string {
  const line = new Line(most);
  if (value instanceof ProtoFields) line.fields(value);
  else line.value(value);
  return line.text;
}

class Line {
  readonly #most: number;
  text = '';

  constructor(most: number) {
    this.#most = most;
  }

  value(value: ProtoValue): void {
    if (typeof value === 'string') this.#write(value);
    else if (value instanceof ProtoFields) {
      if (value.entries.length === 0) {
        this.#write('{}');
        return;
      }
      this.#write('{ ');
      this.fields(value);
      this.#write(' }');
    } else {
      this.#write('[');
      for (const [place, item] of value.entries()) {
        if (this.#full) return;
        if (place > 0) this.#write(', ');
        this.value(item);
      }
      this.#write(']');
    }
  }

  fields({ entries }: ProtoFields): void {
    for (const [place, [name, value]] of entries.entries()) {
      if (this.#full) return;
      this.#write(`${place === 0 ? '' : ', '}${/^[\w.@[\]]+$/.test(name) ? name : JSON.stringify(name)}: `);
      this.value(value);
    }
  }

  get #full(): boolean {
    return this.text.length >= this.#most;
  }

  #write(text: string): void {
    if (this.text.length < this.#most + 2) this.text += text;
  }
}

/** As JSON. What was sent several times by one name is a list. */
export function jsonOf(value: ProtoValue): string {
  if (typeof value === 'string') return value.startsWith('0x') ? `"${value}"` : value;
  if (!(value instanceof ProtoFields)) return `[${value.map(jsonOf).join(',')}]`;
  const byName = new Map<string, ProtoValue[]>();
  for (const [name, each] of value.entries) {
    const same = byName.get(name);
    if (same === undefined) byName.set(name, [each]);
    else same.push(each);
  }
  const members = [...byName].map(
    ([name, same]) => `${JSON.stringify(name)}:${jsonOf(same.length === 1 ? (same[0] ?? same) : same)}`,
  );
  return `{${members.join(',')}}`;
}
