import { createInterface } from 'node:readline';

/** One line of what Docker tells while it builds, pulls or imports an image. */
export interface Step {
  /** Output of a build. */
  stream?: string;
  /** What is done to a layer. */
  status?: string;
  /** The layer. */
  id?: string;
  progressDetail?: { current?: number; total?: number };
  /** It failed. */
  error?: string;
}

/** Characters of the end of a step's output that an error carries: where a program says why it failed. */
const LAST_WORDS = 300;

/** Reads Docker's account of its work to the end. Throws an Error with Docker's own words, and the failed program's last, when the work failed. */
export async function followSteps(answer: NodeJS.ReadableStream, told: (step: Step) => void): Promise<void> {
  let output = '';
  for await (const line of createInterface({ input: answer, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const step = JSON.parse(line) as Step;
    if (step.error !== undefined) throw new Error(withLastWords(step.error.trim(), output));
    output = stepBegun(step) !== null ? '' : (output + (step.stream ?? '')).slice(-LAST_WORDS);
    told(step);
  }
}

/** The number of a build's step and of how many it is, at the step's beginning: `Step 3/16 : RUN …`, Podman's `[1/2] STEP 3/9: RUN …`. */
export function stepBegun({ stream = '' }: Step): { step: string; of: string } | null {
  const [head, step = '', of = ''] = /^(?:\[\d+\/\d+\] )?step (\d+)\/(\d+) ?: /i.exec(stream) ?? [];
  return head === undefined ? null : { step, of };
}

/** Docker's own remarks are left out, and the colours that it gives to what went to stderr. */
function withLastWords(error: string, output: string): string {
  const lines = output
    .replaceAll(/\u001B\[\d*m/g, '')
    .split('\n')
    .map((line) => line.trim());
  const words = lines.filter((line) => line !== '' && !line.startsWith('---> ') && !line.startsWith('Removing intermediate'));
  return words.length === 0 ? error : `${error}: ${words.join(' ')}`;
}
