/** A JSON value; what stands in for a number that a double cannot hold is written as it was read. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

/** Of ECMAScript's proposal "JSON.parse source text access", which V8 has and TypeScript's library does not know. */
interface ExactJson {
  parse(text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}

const exact = JSON as unknown as ExactJson;

/** Parses JSON so that `JSON.stringify` writes every number with the digits it had. Throws `SyntaxError`. */
export function parseExact(text: string): JsonValue {
  return exact.parse(text, (name, value, { source }) => {
    // As an own property it could become the prototype of what is made from it.
    if (name === '__proto__') return undefined;
    return typeof value === 'number' && source !== undefined && String(value) !== source ? exact.rawJSON(source) : value;
  }) as JsonValue;
}

/** False for lists, null, and the stand-ins of numbers. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Object.isFrozen(value);
}

/** The object at a member, or undefined. */
export function objectAt(value: unknown, ...names: readonly string[]): JsonObject | undefined {
  let at: unknown = value;
  for (const name of names) at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return isObject(at) ? at : undefined;
}

/** The text at a member; empty when it is none. Numbers are given as text. */
export function textAt(value: unknown, name: string): string {
  const found = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : '';
}

/**
 * What was read, with the members of `made` in it: those that both have are taken from `made`, in the place of the old ones; those that only
 * `made` has follow. Lists are replaced as a whole.
 */
export function overlaid(read: JsonObject, made: JsonObject): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries(read)) {
    const other = Object.hasOwn(made, name) ? made[name] : undefined;
    result[name] = other === undefined ? value : isObject(value) && isObject(other) ? overlaid(value, other) : other;
  }
  for (const [name, value] of Object.entries(made)) if (!Object.hasOwn(read, name)) result[name] = value;
  return result;
}
