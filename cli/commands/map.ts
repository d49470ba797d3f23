import { limits } from '../../proxy-core/limits.ts';
import type { MapEdge, MapNode } from '../../proxy-core/rrpair/service-map.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { table } from '../table.ts';
import { count, duration, printable, styled } from '../text.ts';

export interface MapOptions {
  filter?: string;
  snapshot?: string;
  json?: boolean;
  dataDir?: string;
}

/** Who calls whom, a line for each way. */
export async function map(options: MapOptions): Promise<number> {
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    await client.pairs.flush();
    const answer = await client.pairs.map({ filter: options.filter ?? '', snapshot: options.snapshot });
    if (options.json === true) {
      await print(`${JSON.stringify(answer)}\n`);
      return exitCodes.done;
    }
    const nodes = new Map(answer.nodes.map((node) => [node.id, node]));
    const rows = answer.edges
      .toSorted((a, b) => b.pairs - a.pairs)
      .map((edge) => rowOf(edge, nodes.get(edge.from), nodes.get(edge.to)));
    const columns = [
      { title: 'FROM', shrinkTo: 10 },
      { title: 'TO', shrinkTo: 14 },
      { title: 'MADE OF', shrinkTo: 8 },
      { title: 'CALLS', align: 'right' as const },
      { title: 'FAILED', align: 'right' as const },
      { title: 'MEDIAN', align: 'right' as const },
      { title: '95 %', align: 'right' as const },
      { title: 'TLS' },
    ];
    await print(
      table(columns, rows, process.stdout.columns)
        .map((line) => `${line}\n`)
        .join(''),
    );
    if (answer.counted < answer.total)
      remark(`sidetap: Only the newest ${limits.mapPairs.toLocaleString('en')} pairs were counted.`);
    if (answer.left > 0) remark(`sidetap: ${count(answer.left, 'pair')} of further hosts were left out.`);
    return exitCodes.done;
  });
}

function rowOf(edge: MapEdge, from: MapNode | undefined, to: MapNode | undefined): string[] {
  return [
    nameOf(from),
    nameOf(to),
    printable((to?.technologies ?? []).join(', ')),
    String(edge.pairs),
    edge.errors === 0 ? '' : styled('red', String(edge.errors)),
    duration(edge.p50Ms),
    duration(edge.p95Ms),
    edge.tls === 'none' ? '' : edge.tls,
  ];
}

function nameOf(node: MapNode | undefined): string {
  if (node === undefined) return '';
  if (node.name === '') return 'clients';
  return printable(node.kind === 'service' && node.name === 'local' ? 'local app' : node.name);
}
