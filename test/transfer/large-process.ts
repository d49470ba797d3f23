import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import path from 'node:path';
import { openStoredForWriting } from '../../proxy-core/stored.ts';

/**
 * Writes a HAR of so many megabytes into a folder, takes it through every way in and out, and prints how much memory that took, as JSON.
 */
const [directory = '', megabytes = '0'] = process.argv.slice(2);
const file = path.join(directory, 'large.har');
const total = Number(megabytes) * 1024 * 1024;

const out = createWriteStream(file);
const text = JSON.stringify('x'.repeat(20_000));
out.write('{"log":{"version":"1.2","creator":{},"entries":[');
let bytes = 0;
let entries = 0;
while (bytes < total) {
  entries += 1;
  const entry = `${entries === 1 ? '' : ','}{"startedDateTime":"2026-11-20T10:00:00Z","request":{"method":"GET","url":"http://a.example/${String(entries)}?token=abcdefgh${String(entries)}","headers":[]},"response":{"status":200,"headers":[],"content":{"mimeType":"text/plain","text":${text}}},"timings":{"send":1,"wait":2,"receive":3}}`;
  bytes += entry.length;
  if (!out.write(entry)) await once(out, 'drain');
}
out.end(']}}');
await once(out, 'finish');

let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20);
const stored = await openStoredForWriting(path.join(directory, 'data'));
const { client } = stored;
const steps: Record<string, { peak: number; done: number }> = {};
async function step(name: string, events: Promise<AsyncIterable<{ done: number }>>): Promise<void> {
  peak = process.memoryUsage.rss();
  let done = 0;
  for await (const event of await events) done += event.done >= 0 ? 1 : 0;
  steps[name] = { peak: Math.round(peak / 1024 / 1024), done };
}

await step('import', client.import({ paths: [file] }));
await step('snapshot', client.snapshots.save({ name: 's' }));
await step('har', client.export.file({ as: 'har', path: path.join(directory, 'out.har') }));
await step('sidetap', client.export.file({ as: 'sidetap', path: path.join(directory, 'out.sidetap') }));
await step('snapshot from file', client.import({ paths: [path.join(directory, 'out.sidetap')], snapshot: 't' }));
await step('diff', client.snapshots.diff({ before: { snapshot: 's' }, after: { snapshot: 't' } }));
clearInterval(watch);
const { total: pairs } = await client.pairs.list({ filter: '', noise: true, limit: 1 });
const result = { entries, stored: pairs, bytes: statSync(path.join(directory, 'out.har')).size, steps };
await stored.close();
process.stdout.write(JSON.stringify(result));
