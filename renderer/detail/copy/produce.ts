import { type CopyFormat, copyFormats } from '../../../proxy-core/rrpair/copy-formats.ts';
import { engine } from '../../api/engine.ts';
import { inSnapshot } from '../../list/snapshot.ts';

/** A request as something to run or to send. */
export interface Produced {
  text: string;
  /** What was masked, such as `header authorization`. */
  masked: readonly string[];
  /** Bytes that the text reads from a file. */
  bodyFile: { name: string; base64: string } | null;
  /** What it cannot reproduce, as sentences. */
  notes: readonly string[];
}

export function formatOf(id: string): CopyFormat {
  const [first] = copyFormats;
  const found = copyFormats.find((format) => format.id === id) ?? first;
  if (found === undefined) throw new Error('There is no form to copy a request in.');
  return found;
}

/** `curl`, `Python`: what stands on a button. */
export function shortName({ operation, label }: CopyFormat): string {
  return operation === 'curl' ? 'curl' : label.replace(/ \(.*/, '');
}

export async function produce(id: number, format: CopyFormat, reveal: boolean, signal?: AbortSignal): Promise<Produced> {
  const options = signal === undefined ? {} : { signal };
  // Left out, it is for the settings to say whether secrets are masked.
  const asked = { ...(reveal ? { reveal } : {}), ...inSnapshot() };
  if (format.operation === 'curl') {
    const { command, ...rest } = await engine().export.curl({ id, shell: format.shell, ...asked }, options);
    return { text: command, ...rest };
  }
  const { code, ...rest } = await engine().export.code({ id, format: format.format, ...asked }, options);
  return { text: code, ...rest };
}
