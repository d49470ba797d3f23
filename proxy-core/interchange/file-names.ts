import { createHash } from 'node:crypto';

/** Characters of a folder's or file's name: filesystems allow 255 bytes, and there must be room for what is added. */
const NAME_CHARS = 100;

/** What Windows takes for a device, whatever the extension. */
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?:\.|$)/i;

/**
 * A name for a folder or file made from captured text, which may hold anything: it stays where it is put on every system, and different texts
 * never get the same name.
 */
export function safeName(text: string): string {
  const lower = text.toLowerCase();
  let name = lower.replaceAll(/[^a-z0-9._-]/g, '_').replaceAll(/\.{2,}/g, '_');
  name = name.replace(/^[.-]+/, '_').replace(/[. ]+$/, '_');
  if (name === '' || devices.test(name)) name = `_${name}`;
  const changed = name !== lower || name.length > NAME_CHARS;
  if (!changed) return name;
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return `${name.slice(0, NAME_CHARS)}-${mark}`;
}

/** `2025-11-25_18-06-40.855449585Z`, in UTC. We know microseconds, so the last three digits are 0. */
export function timeName(micros: number): string {
  const millis = Math.floor(micros / 1000);
  const [date = '', time = ''] = new Date(millis).toISOString().split('T');
  const rest = String(Math.floor(micros - millis * 1000)).padStart(3, '0');
  return `${date}_${time.slice(0, -1).replaceAll(':', '-')}${rest}000Z`;
}
