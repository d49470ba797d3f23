import { readdirSync } from 'node:fs';
import path from 'node:path';
import { SidetapError } from '../../proxy-core/errors.ts';
import { openStoredForWriting } from '../../proxy-core/stored.ts';

/** Tries every way out onto the small disk, and into the data directory on it, and prints what it was told and what was left, as JSON. */
const [small = '', dataDir = ''] = process.argv.slice(2);
const stored = await openStoredForWriting(dataDir);
const said: Record<string, { code: string; message: string }> = {};
for (const as of ['har', 'postman', 'rrpair', 'rrpair-json', 'sidetap'] as const) {
  try {
    for await (const event of await stored.client.export.file({ as, path: path.join(small, `out-${as}`) })) {
      if (event.written !== null) said[as] = { code: 'written', message: '' };
    }
  } catch (error) {
    said[as] =
      error instanceof SidetapError ? { code: error.code, message: error.message } : { code: 'defect', message: String(error) };
  }
}
process.stdout.write(JSON.stringify({ said, left: readdirSync(small) }));
await stored.close();
