import type { MaskingRules } from '../rrpair/masking.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import type { CurlExport, Shell } from '../rrpair/results.ts';
import { type CurlArgument, type InlineLimits, planCurl } from './curl-plan.ts';
import { outgoingRequest } from './outgoing.ts';
import { bashCommand } from './shell-bash.ts';
import { cmdCommand } from './shell-cmd.ts';
import { powershellCommand } from './shell-powershell.ts';
import { textOf } from './shell-text.ts';

export interface CurlOptions {
  shell: Shell;
  /** Leave secrets in. */
  reveal: boolean;
  /** What is a secret; by default what comes with Sidetap. */
  rules?: MaskingRules;
}

/**
 * The curl command that sends what a pair recorded, for one shell. Secrets are masked unless `reveal` is set.
 * Throws `pair-not-replayable` for rows that hold no HTTP request.
 */
export function curlCommand(record: PairRecord, { shell, reveal, rules }: CurlOptions): CurlExport {
  const { request, masked, notes } = outgoingRequest(record, reveal, rules);
  const form = shellForms[shell];
  const plan = planCurl(request, `sidetap-${String(record.id)}.body`, form.inline);
  return {
    command: form.write(plan.arguments),
    masked,
    bodyFile: plan.bodyFile === null ? null : { name: plan.bodyFile.name, base64: plan.bodyFile.bytes.toString('base64') },
    notes: [...notes, ...plan.notes, ...(shell !== 'bash' && plan.arguments.some(isNoText) ? [noText] : [])],
  };
}

const noText = 'Bytes that are no UTF-8 text stand in it; this shell passes them on changed.';

function isNoText({ value }: CurlArgument): boolean {
  return value !== null && textOf(value) === null;
}

const shellForms: Readonly<Record<Shell, { inline: InlineLimits; write: (args: readonly CurlArgument[]) => string }>> = {
  // Linux allows 128 KiB an argument; what is pasted should still be readable.
  bash: { inline: { bytes: 16 * 1024, lineBreaks: true, unicode: true }, write: bashCommand },
  powershell: { inline: { bytes: 16 * 1024, lineBreaks: true, unicode: true }, write: powershellCommand },
  // cmd.exe takes 8,191 characters a line, and every special one needs a caret.
  cmd: { inline: { bytes: 2 * 1024, lineBreaks: false, unicode: false }, write: cmdCommand },
};
