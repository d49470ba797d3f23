import { create } from 'zustand';
import { type CopyFormat, copyFormats } from '../../../proxy-core/rrpair/copy-formats.ts';
import { sentenceOf } from '../../api/client.ts';
import { setPreferences, usePreferences } from '../../app/preferences.ts';
import { copyText } from '../../design/copy.ts';
import { toast } from '../../design/toasts.ts';
import { setCopyFormat } from '../preferences.ts';
import { formatOf, type Produced, produce, shortName } from './produce.ts';

/** A question that is open: may these secrets leave? */
export interface RevealQuestion {
  /** What would hold them: `curl command`. */
  what: string;
  /** What was masked, such as `header authorization`. */
  masked: readonly string[];
  /** What the button says that answers yes. */
  yes: string;
  onYes: () => void;
}

export const useReveal = create<{ question: RevealQuestion | null }>(() => ({ question: null }));

/** Asks before secrets leave. Nothing is asked where there are none. */
export function askToReveal(question: RevealQuestion): void {
  if (question.masked.length === 0) question.onYes();
  else useReveal.setState({ question });
}

async function put(produced: Produced, name: string): Promise<void> {
  if (!(await copyText(produced.text, name))) return;
  const masked = produced.masked.length > 0 ? ` Secrets are masked (${produced.masked.join(', ')}).` : '';
  const file =
    produced.bodyFile === null ? '' : ` It reads the body from ${produced.bodyFile.name}: save that from the tab cURL & code.`;
  toast({ text: `Copied as ${name}.${masked}${file}`, tone: 'ok' });
}

/** Copies the request of a pair in one of `copyFormats`, secrets masked, and says what was masked. */
export async function copyAs(id: number, formatId: string): Promise<void> {
  const format = formatOf(formatId);
  setCopyFormat(format.id);
  if (format.operation === 'curl') setPreferences({ curlShell: format.shell });
  await copyMasked(id, format);
}

async function copyMasked(id: number, format: CopyFormat): Promise<void> {
  try {
    await put(await produce(id, format, false), shortName(format));
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** The same with its secrets, once the user has seen which and said yes. */
export async function copyRevealed(id: number, formatId: string): Promise<void> {
  const format = formatOf(formatId);
  const name = shortName(format);
  const run = async (): Promise<void> => {
    try {
      await put(await produce(id, format, true), name);
    } catch (error) {
      toast({ text: sentenceOf(error), tone: 'bad' });
    }
  };
  try {
    const { masked } = await produce(id, format, false);
    askToReveal({ what: `the copied ${name}`, masked, yes: 'Copy with secrets', onYes: () => void run() });
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Copies a pair as a curl command for the shell that the user likes. */
export function copyCurl(id: number): Promise<void> {
  const { curlShell } = usePreferences.getState();
  const format = copyFormats.find((entry) => entry.operation === 'curl' && entry.shell === curlShell);
  return copyMasked(id, format ?? formatOf('curl-bash'));
}
