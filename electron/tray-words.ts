import type { CaptureStatus } from '../proxy-core/api/contract.ts';

/** Names that are told one by one; the rest is a number. */
const MOST = 3;

/** The application in as few letters as tell it: `:3000`. */
export function appWords(app: string | null): string {
  if (app === null) return '';
  return app
    .replace(/^http:\/\//, '')
    .replace(/\/$/, '')
    .replace(/^(?:localhost|127\.0\.0\.1|\[::1\])(?=:)/, '');
}

/** What is captured right now: `Sidetap: capturing :3000, shop-web-1 and 2 more`. */
export function trayWords(capture: Pick<CaptureStatus, 'state' | 'app'> | null, containers: readonly string[]): string {
  const local = capture?.state === 'on' ? [appWords(capture.app) || 'the local app'] : [];
  const all = [...local, ...containers];
  if (all.length === 0) return 'Sidetap';
  const told = all.length > MOST ? [...all.slice(0, MOST - 1), `${all.length - MOST + 1} more`] : all;
  const last = told.at(-1) ?? '';
  return `Sidetap: capturing ${told.length === 1 ? last : `${told.slice(0, -1).join(', ')} and ${last}`}`;
}
