/** `2024-01-15T14:31:25.250965Z`: RFC 3339 with microseconds. */
export function rfcTime(micros: number): string {
  const millis = Math.floor(micros / 1000);
  const rest = String(Math.floor(micros - millis * 1000)).padStart(3, '0');
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}Z`;
}

/** Unix epoch µs of an RFC 3339 time, whatever its fraction; null when it is none, or of no year that can be shown. */
export function microsOf(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,12}))?(Z|[+-]\d{2}:?\d{2})?$/i.exec(text.trim());
  if (match === null) return null;
  const [, moment = '', fraction = '', zone = 'Z'] = match;
  const millis = Date.parse(
    `${moment.replace(' ', 'T')}${/^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`,
  );
  return Number.isNaN(millis) ? null : millis * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
