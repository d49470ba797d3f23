import type { ApiClient } from '../../proxy-core/api/client.ts';
import { limits } from '../../proxy-core/limits.ts';
import type { PairSummary } from '../../proxy-core/rrpair/shapes.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import type { Column } from '../table.ts';
import { table } from '../table.ts';
import type { Style } from '../text.ts';
import { count, duration, localTime, printable, size, styled } from '../text.ts';
import { markText } from './mark-text.ts';

export interface ListOptions {
  filter?: string;
  limit?: number;
  noise?: boolean;
  snapshot?: string;
  json?: boolean;
  dataDir?: string;
}

/** Rows that a person is shown without asking for more. */
const defaultRows = 100;

export async function list(options: ListOptions): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    await client.pairs.flush();
    const json = options.json === true;
    // A program gets everything, marked; a person gets what matters.
    const noise = options.noise ?? json;
    const limit = options.limit ?? (json ? Number.MAX_SAFE_INTEGER : defaultRows);
    if (json) await printJson(client, { filter: options.filter ?? '', noise, snapshot: options.snapshot }, limit);
    else await printTable(client, { filter: options.filter ?? '', noise, snapshot: options.snapshot }, limit);
    return exitCodes.done;
  });
}

interface Query {
  filter: string;
  noise: boolean;
  snapshot?: string;
}

/** Pages of the query, the newest pair first. Pairs that arrive meanwhile push others down: none is given twice. */
async function* pages(client: ApiClient, query: Query, limit: number): AsyncGenerator<PairSummary[]> {
  const seen = new Set<number>();
  let offset = 0;
  while (seen.size < limit) {
    const page = await client.pairs.list({ ...query, offset, limit: Math.min(limits.pageRows, limit - seen.size) });
    if (page.rows.length === 0) return;
    offset += page.rows.length;
    const fresh = page.rows.filter((row) => !seen.has(row.id));
    for (const row of fresh) seen.add(row.id);
    yield fresh;
  }
}

async function printJson(client: ApiClient, query: Query, limit: number): Promise<void> {
  for await (const rows of pages(client, query, limit)) {
    await print(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
}

const columns: readonly Column[] = [
  { title: 'ID', align: 'right' },
  { title: 'TIME' },
  { title: 'DIR' },
  { title: 'SOURCE', shrinkTo: 6 },
  { title: 'TECH', shrinkTo: 4 },
  { title: 'COMMAND', shrinkTo: 7 },
  { title: 'HOST', shrinkTo: 8 },
  { title: 'LOCATION', shrinkTo: 10 },
  { title: 'STATUS', shrinkTo: 6 },
  { title: 'LATENCY', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'MARK', shrinkTo: 6 },
];

/** Columns of a terminal in which the time is shown with its milliseconds. */
const roomForMillis = 100;

async function printTable(client: ApiClient, query: Query, limit: number): Promise<void> {
  const rows: PairSummary[] = [];
  for await (const page of pages(client, query, limit)) rows.push(...page);
  const { total, hiddenNoise } = await client.pairs.list({ ...query, offset: 0, limit: 1 });
  if (rows.length > 0) {
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    const millis = width === undefined || width >= roomForMillis;
    // Where there is one source only, it need not be told apart.
    const sources = rows.some(({ source }) => source !== 'local' && source !== 'replay');
    const marks = rows.some(({ colour, note }) => colour !== null || note !== '');
    const shown = columns.filter(({ title }) => (sources || title !== 'SOURCE') && (marks || title !== 'MARK'));
    const cells = rows.map((row) => cellsOf(row, { millis, sources, marks }));
    const [head = '', ...lines] = table(shown, cells, width);
    await print(`${styled('dim', head)}\n`);
    await print(lines.map((line, index) => `${coloured(line, rows[index])}\n`).join(''));
  }
  const more: string[] = [];
  if (total > rows.length) more.push(`${count(total - rows.length, 'more pair')} (--limit)`);
  if (hiddenNoise > 0)
    more.push(`${count(hiddenNoise, hiddenNoise === 1 ? 'health check or probe' : 'health checks or probe')} hidden (--noise)`);
  if (rows.length === 0 && more.length === 0) {
    remark(
      query.filter === ''
        ? 'No pairs yet. Capture some with `sidetap start capture --port PORT` or `--container NAME`.'
        : 'No pair matches.',
    );
  }
  if (more.length > 0) remark(more.join(' · '));
}

function cellsOf(row: PairSummary, { millis, sources, marks }: { millis: boolean; sources: boolean; marks: boolean }): string[] {
  return [
    String(row.id),
    localTime(row.startedAt, { millis }),
    row.direction,
    ...(sources ? [row.source] : []),
    row.technology,
    row.command,
    row.host,
    row.location,
    statusOf(row),
    duration(row.latencyMs),
    size(row.responseBytes),
    ...(marks ? [markText(row)] : []),
  ].map(printable);
}

/** A response that did not come to its end has a status like any other: the failure tells them apart. */
function statusOf({ status, state, error }: PairSummary): string {
  const shown = status === '' ? state : status;
  if (error === null) return shown;
  return error.endsWith(status) ? error : `${shown} ${error}`;
}

/** Whole lines are coloured: the status stays text, the colour only makes it quicker to find. */
function coloured(line: string, row: PairSummary | undefined): string {
  const style = row === undefined ? null : styleOf(row);
  return style === null ? line : styled(style, line);
}

function styleOf(row: PairSummary): Style | null {
  if (row.error !== null || row.status.startsWith('5')) return 'red';
  if (row.status.startsWith('4')) return 'yellow';
  return row.noise || row.state === 'open' ? 'dim' : null;
}
