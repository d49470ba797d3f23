import { SidetapError } from '../../proxy-core/errors.ts';
import { limits } from '../../proxy-core/limits.ts';
import { engine } from '../api/engine.ts';
import { uploadFile } from '../api/upload.ts';
import { formatBytes } from '../design/format.ts';
import { type TransferEvent, useTransfer } from './store.ts';

interface ImportChoice {
  /** Of files on the engine's machine. */
  paths: readonly string[];
  /** Those of which the browser does not tell where they are: their content is sent. */
  files: readonly File[];
  /** Into a snapshot of this name; empty: beside the traffic. */
  snapshot: string;
}

/** Sends the files, then imports them with those that have a path. */
export async function importChosen(
  { paths, files, snapshot }: ImportChoice,
  signal: AbortSignal,
): Promise<AsyncIterable<TransferEvent>> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > limits.uploadBytes) {
    const sentence = `A browser may send ${formatBytes(limits.uploadBytes)} at most. Name the paths of these files instead.`;
    throw new SidetapError('import-failed', sentence);
  }
  let before = 0;
  const uploads: string[] = [];
  for (const file of files) {
    const sent = (bytes: number): void => {
      if (!signal.aborted) useTransfer.setState({ progress: { done: before + bytes, total } });
    };
    uploads.push(await uploadFile(file, signal, sent));
    before += file.size;
  }
  const input = { paths: [...paths], uploads, ...(snapshot === '' ? {} : { snapshot }) };
  return engine().import(input, { signal });
}
