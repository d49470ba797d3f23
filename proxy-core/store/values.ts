import type { DatabaseSync } from 'node:sqlite';
import { limits } from '../limits.ts';
import { isOwnLocation, type OwnLocation, protocolsWithLocation } from '../rrpair/protocols.ts';
import type { FieldValue, ValueField } from '../rrpair/shapes.ts';
import { splitTechnologies } from './row.ts';

/** A path is the location without its query; what is called there stays. */
const pathSql = "CASE instr(location, '?') WHEN 0 THEN location ELSE substr(location, 1, instr(location, '?') - 1) END";

/** What stands in a row for each field. */
const columns: Readonly<Record<Exclude<ValueField, OwnLocation>, string>> = {
  source: 'source',
  tech: 'technologies',
  protocol: 'protocol',
  command: 'command',
  host: 'host',
  path: pathSql,
  status: 'status',
  error: "coalesce(error, '')",
  note: 'note',
};

/** Of a location that only some protocols have, that of their pairs. */
function columnOf(field: ValueField): string {
  if (!isOwnLocation(field)) return columns[field];
  const names = protocolsWithLocation(field).map((name) => `'${name}'`);
  return `CASE WHEN protocol IN (${names.join(', ')}) THEN location ELSE '' END`;
}

/** Values of a field in the newest pairs, the most frequent first; those that contain `text`, whatever the case. */
export function fieldValues(database: DatabaseSync, field: ValueField, text: string): FieldValue[] {
  const rows = database
    .prepare(
      `SELECT value, count(*) AS pairs FROM (SELECT ${columnOf(field)} AS value FROM pair ${field === 'note' ? 'WHERE marked = 1 ' : ''}ORDER BY id DESC LIMIT ?) GROUP BY value`,
    )
    .all(limits.valuesFromPairs);
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = String(row['value']);
    for (const one of field === 'tech' ? splitTechnologies(value) : [value]) {
      counts.set(one, (counts.get(one) ?? 0) + Number(row['pairs']));
    }
  }
  const wanted = text.toLowerCase();
  return [...counts]
    .filter(([value]) => value !== '' && value.toLowerCase().includes(wanted))
    .toSorted(([a, many], [b, more]) => more - many || a.localeCompare(b))
    .slice(0, limits.offeredValues)
    .map(([value, pairs]) => ({ value, pairs }));
}
