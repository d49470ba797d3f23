import { SidetapError } from '../../proxy-core/errors.ts';
import { limits } from '../../proxy-core/limits.ts';
import type { PairMarks } from '../../proxy-core/rrpair/marks.ts';
import type { Colour } from '../../proxy-core/rrpair/pair.ts';
import { exitCodes, print, remark } from '../output.ts';
import { withPairs } from '../reach.ts';
import { count } from '../text.ts';

export interface MarkOptions {
  /** `none` takes it away. */
  colour?: Colour | 'none';
  /** Empty takes it away. */
  note?: string;
  clear?: boolean;
  json?: boolean;
  dataDir?: string;
}

/** Colours pairs, writes a note on them, or takes both away. */
export async function mark(ids: readonly number[], options: MarkOptions): Promise<number> {
  const change = changeOf(options);
  return withPairs({ dataDir: options.dataDir, access: 'write' }, async (client) => {
    await client.pairs.flush();
    const wanted = [...new Set(ids)];
    const now: PairMarks[] = [];
    for (let at = 0; at < wanted.length; at += limits.pageRows) {
      const { after } = await client.pairs.mark({ ids: wanted.slice(at, at + limits.pageRows), ...change });
      now.push(...after);
    }
    if (options.json === true) await print(now.map((one) => `${JSON.stringify(one)}\n`).join(''));
    else if (now.length > 0) await print(`${count(now.length, 'pair')} ${wordsOf(change)}.\n`);
    const found = new Set(now.map(({ id }) => id));
    const missing = wanted.filter((id) => !found.has(id));
    for (const id of missing) remark(`sidetap: There is no pair ${id}; it may have been deleted to keep the store small.`);
    return missing.length > 0 ? exitCodes.failed : exitCodes.done;
  });
}

interface Change {
  colour?: Colour | null;
  note?: string;
}

function changeOf({ colour, note, clear }: MarkOptions): Change {
  if (clear === true && (colour !== undefined || note !== undefined)) {
    throw new SidetapError('bad-usage', 'Say what to put on the pairs, or --clear, not both.');
  }
  if (clear === true) return { colour: null, note: '' };
  if (colour === undefined && note === undefined) {
    throw new SidetapError('bad-usage', 'Say what to put on the pairs: --colour, --note or both; or --clear.');
  }
  if (note !== undefined && note.length > limits.noteChars) {
    throw new SidetapError('bad-usage', `A note may have up to ${limits.noteChars} characters; this one has ${note.length}.`);
  }
  return {
    ...(colour === undefined ? {} : { colour: colour === 'none' ? null : colour }),
    ...(note === undefined ? {} : { note }),
  };
}

function wordsOf({ colour, note }: Change): string {
  const words = [
    ...(colour === undefined || colour === null ? [] : [`marked ${colour}`]),
    ...(note === undefined || note.trim() === '' ? [] : ['noted']),
  ];
  return words.length > 0 ? `${words.join(' and ')}, and pinned` : colour === null && note === '' ? 'unmarked' : 'changed';
}
