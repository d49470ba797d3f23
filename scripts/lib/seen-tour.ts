import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Prepares a data directory as that of a user who has seen the window's first-run tour: it does not come by itself. */
export function seenTour(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(dataDir, 'settings.json'), '{"tour":{"done":true}}\n', { mode: 0o600 });
}
