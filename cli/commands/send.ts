import { text } from 'node:stream/consumers';
import type { SendResult } from '../../proxy-core/api/contract.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { duration, printable, styled } from '../text.ts';
import { differences } from './replay.ts';

export interface SendOptions {
  curl: string;
  shell?: 'bash' | 'cmd' | 'powershell';
  replayOf?: number;
  insecure?: boolean;
  json?: boolean;
  dataDir?: string;
}

/** Sends the request that a curl command stands for, and records it. */
export async function send(options: SendOptions): Promise<number> {
  const command = options.curl === '-' ? await text(process.stdin) : options.curl;
  return withPairs({ dataDir: options.dataDir, access: 'write' }, async (client) => {
    const { request, insecure, notes } = await client.compose.parseCurl({ command, shell: options.shell });
    for (const note of notes) remark(`sidetap: ${printable(note)}`);
    const result = await client.compose.send({
      ...request,
      insecure: insecure || options.insecure === true,
      ...(options.replayOf === undefined ? {} : { replayOf: options.replayOf }),
    });
    await print(options.json === true ? `${JSON.stringify(result)}\n` : human(result));
    return result.pair.error !== null && result.pair.latencyMs === null ? exitCodes.failed : exitCodes.done;
  });
}

function human({ pair, diff, original }: SendResult): string {
  const of = original === null ? '' : ` (made from #${String(original)})`;
  const head = printable(`#${String(pair.id)}${of}: ${pair.command} ${pair.host}${pair.location} → ${pair.status}`);
  return `${[`${styled('bold', head)}  ${duration(pair.latencyMs)}`, ...(diff === null ? [] : differences(diff))].join('\n')}\n`;
}
