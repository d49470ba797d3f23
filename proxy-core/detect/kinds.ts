import { SERVER_PUSH } from '../rrpair/pushed.ts';
import { mediaTypeFormats, suffixFormats, topLevelFormats } from './rules/formats.ts';
import { headerRules } from './rules/headers.ts';

/** Formats, encodings and ways of signing in: they tell of a call, not of who answers it. */
const ofCalls: ReadonlySet<string> = new Set([
  ...[mediaTypeFormats, suffixFormats, topLevelFormats].flatMap((table) => Object.values(table)),
  ...headerRules.filter(({ kind }) => kind === 'auth' || kind === 'transport').map(({ technology }) => technology),
  'HTTP',
  'HTTPS',
  'TCP',
  'TLS',
  'Bearer token',
  'JWT',
  'OAuth 2.0',
  'SAML',
  'Signed URL',
  'Azure SAS',
  'HTTP/2',
  SERVER_PUSH,
]);

/** Whether a technology of a pair, with or without its version, tells what the service behind it is made of. */
export function isOfService(technology: string): boolean {
  return !ofCalls.has(technology) && !technology.startsWith('TLS ') && !technology.startsWith('Upgrade to ');
}
