import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ApiClient } from '../../proxy-core/api/client.ts';
import { messageOf, SidetapError } from '../../proxy-core/errors.ts';
import { limits } from '../../proxy-core/limits.ts';
import type { CodeFormat } from '../../proxy-core/rrpair/copy-formats.ts';
import type { Shell } from '../../proxy-core/rrpair/results.ts';
import type { FileFormat } from '../../proxy-core/rrpair/transfers.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { needsPlace, noMatch, writeFile as writeInPlace } from './write-file.ts';

export interface ExportOptions {
  as: 'curl' | FileFormat | CodeFormat;
  snapshot?: string;
  filter?: string;
  output?: string;
  reveal?: boolean;
  shell: Shell;
  dataDir?: string;
}

export async function exportPairs(ids: readonly number[], options: ExportOptions): Promise<number> {
  if (ids.length > 0 && options.filter !== undefined) {
    throw new SidetapError('bad-usage', 'Name the pairs by their ids or by --filter, not both.');
  }
  if (options.as !== 'har' && !needsPlace(options.as) && ids.length === 0 && options.filter === undefined) {
    throw new SidetapError('bad-usage', 'Name the pairs to export: their ids, or --filter QUERY.');
  }
  return withPairs({ dataDir: options.dataDir, access: 'read' }, async (client) => {
    await client.pairs.flush();
    const { as } = options;
    const inPlace = as === 'har' && options.output !== undefined && options.output !== '-';
    if (needsPlace(as) || inPlace) return writeInPlace(client, ids, { ...options, as });
    const output = await openOutput(options.output);
    try {
      const failed =
        options.as === 'har' ? await writeHar(client, ids, options, output) : await writeCode(client, ids, options, output);
      await output.commit();
      return failed ? exitCodes.failed : exitCodes.done;
    } catch (error) {
      await output.abandon();
      throw error;
    }
  });
}

interface Output {
  write: (text: string | Uint8Array) => Promise<void>;
  /** Puts the file into its place. */
  commit: () => Promise<void>;
  abandon: () => Promise<void>;
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

/** A file appears whole or not at all. */
async function openOutput(file: string | undefined): Promise<Output> {
  if (file === undefined || file === '-') return { write: print, commit: nothing, abandon: nothing };
  const part = `${file}.part-${process.pid}`;
  try {
    const handle = await open(part, 'w', 0o600);
    return {
      write: async (text) => {
        await handle.writeFile(text);
      },
      commit: async () => {
        await handle.close();
        await rename(part, file);
      },
      abandon: async () => {
        await handle.close();
        await rm(part, { force: true });
      },
    };
  } catch (error) {
    throw new SidetapError('bad-usage', `The file ${file} cannot be written (${messageOf(error)}).`, { cause: error });
  }
}

interface Code {
  text: string | Uint8Array;
  masked: string[];
  bodyFile: { name: string; base64: string } | null;
  notes: string[];
}

async function codeOf(client: ApiClient, id: number, { as, shell, reveal, snapshot }: ExportOptions): Promise<Code> {
  if (as === 'curl' || as === 'har' || needsPlace(as)) {
    const { command, ...rest } = await client.export.curl({ id, shell, reveal, snapshot });
    return { text: `${command}\n`, ...rest };
  }
  const { code, ...rest } = await client.export.code({ id, format: as, reveal, snapshot });
  // Of a request that is no text, the file is the whole of it.
  if (as === 'raw' && rest.bodyFile !== null) {
    return {
      text: Buffer.from(rest.bodyFile.base64, 'base64'),
      masked: rest.masked,
      bodyFile: null,
      notes: rest.notes.slice(0, -1),
    };
  }
  return { text: code, ...rest };
}

/** Gives true when a pair that was named could not be exported. */
async function writeCode(client: ApiClient, ids: readonly number[], options: ExportOptions, output: Output): Promise<boolean> {
  const named = ids.length > 0;
  let failed = false;
  let masked = false;
  let found = false;
  for await (const id of named ? ids : matching(client, options)) {
    found = true;
    try {
      const result = await codeOf(client, id, options);
      await output.write(result.text);
      await writeBody(result, options.output);
      for (const note of result.notes) remark(`sidetap: pair ${id}: ${note}`);
      masked ||= result.masked.length > 0;
    } catch (error) {
      if (!(error instanceof SidetapError) || error.code !== 'pair-not-replayable') throw error;
      remark(`sidetap: pair ${id}: ${error.message}`);
      failed ||= named;
    }
  }
  if (!found) remark(noMatch);
  if (masked) remark('sidetap: Secrets were masked; --reveal leaves them in.');
  return failed;
}

/** A body that is too large for the text goes beside the output, or into the current directory. */
async function writeBody(result: Code, output: string | undefined): Promise<void> {
  if (result.bodyFile === null) return;
  const folder = output === undefined || output === '-' ? '.' : path.dirname(output);
  const file = path.join(folder, path.basename(result.bodyFile.name));
  await writeFile(file, Buffer.from(result.bodyFile.base64, 'base64'), { mode: 0o600 });
  remark(`sidetap: Its body stands in ${file}.`);
}

/** Ids in the order in which things happened. */
async function* matching(client: ApiClient, { filter = '', snapshot }: ExportOptions): AsyncGenerator<number> {
  for (let offset = 0; ; ) {
    const page = await client.pairs.list({
      filter,
      noise: true,
      sort: { by: 'time', descending: false },
      offset,
      limit: limits.pageRows,
      snapshot,
    });
    if (page.rows.length === 0) return;
    for (const row of page.rows) yield row.id;
    offset += page.rows.length;
  }
}

async function writeHar(client: ApiClient, ids: readonly number[], options: ExportOptions, output: Output): Promise<boolean> {
  const query = { filter: options.filter ?? '', noise: true, sort: { by: 'time' as const, descending: false } };
  const pieces = await client.export.har({
    ...(ids.length > 0 ? { ids: [...ids] } : { query }),
    reveal: options.reveal,
    snapshot: options.snapshot,
  });
  let total = 0;
  for await (const piece of pieces) {
    await output.write(piece.text);
    total = piece.total;
  }
  if (total === 0) remark(noMatch);
  return false;
}
