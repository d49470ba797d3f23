import type { Shell } from '../../proxy-core/rrpair/results.ts';
import { sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { usePreferences } from '../app/preferences.ts';
import { announce } from '../design/announce.ts';
import { copyText } from '../design/copy.ts';
import { toast } from '../design/toasts.ts';
import { patchRows } from '../list/loader.ts';
import { useDetail } from './store.ts';

interface CurlChoice {
  shell?: Shell;
  reveal?: boolean;
}

/** Copies a pair as a curl command and says what was masked. */
export async function copyCurl(
  id: number,
  { shell = usePreferences.getState().curlShell, reveal = false }: CurlChoice = {},
): Promise<void> {
  try {
    const { command, masked, bodyFile } = await engine().export.curl({ id, shell, reveal });
    if (!(await copyText(command, 'curl command'))) return;
    const hidden = masked.length > 0 ? ` Secrets are masked (${masked.join(', ')}).` : '';
    const file = bodyFile === null ? '' : ` It reads the body from ${bodyFile.name}: save that from the cURL tab.`;
    toast({ text: `Copied as curl.${hidden}${file}`, tone: 'ok' });
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

export async function togglePin(id: number, pinned: boolean): Promise<void> {
  try {
    await engine().pairs.pin({ ids: [id], pinned: !pinned });
    patchRows((row) => (row.id === id ? { ...row, pinned: !pinned } : row));
    useDetail.setState(({ detail }) => (detail?.id === id ? { detail: { ...detail, pinned: !pinned } } : {}));
    announce(pinned ? 'Unpinned' : 'Pinned');
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}
