/** Characters of a location that tell calls apart. */
const CHARS = 600;

/** A segment that is one thing's name: a number, a UUID, a hash. */
const IDENTIFIER =
  /(?<=^|[/:.\s-])(?:\d+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}|[\w-]*\d[\w-]{2,})(?=$|[/:.\s?-])/gi;

/** Equal for calls that differ in their values only. `isSql` tells what the location is. */
export function likenessOf(call: { protocol: string; command: string; host: string; location: string }, isSql: boolean): string {
  const location = call.location.slice(0, CHARS);
  return [call.protocol, call.command, call.host, isSql ? sqlShape(location) : pathShape(location)].join(' ');
}

function sqlShape(statement: string): string {
  return statement
    .replaceAll(/\/\*.*?\*\/|--[^\n]*/gs, ' ')
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/\$\d+|\b\d+(?:\.\d+)?\b/g, '?')
    .replaceAll(/\(\s*\?(?:\s*,\s*\?)*\s*\)/g, '(?)')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function pathShape(location: string): string {
  const query = location.indexOf('?');
  const path = query < 0 ? location : location.slice(0, query);
  const names = query < 0 ? '' : location.slice(query + 1).replaceAll(/=[^&]*/g, '');
  return `${path.replaceAll(IDENTIFIER, '{}')} ${names}`.trim();
}
