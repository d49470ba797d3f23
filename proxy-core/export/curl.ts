import { maskMessage } from '../redact/mask.ts';
import type { PairRecord } from '../rrpair/pair.ts';
import type { CurlExport, Shell } from '../rrpair/results.ts';
import { type CurlArgument, type InlineLimits, planCurl } from './curl-plan.ts';
import { recordedRequest } from './request.ts';
import { bashCommand } from './shell-bash.ts';
import { cmdCommand } from './shell-cmd.ts';
import { powershellCommand } from './shell-powershell.ts';

export interface CurlOptions {
  shell: Shell;
  /** Leave secrets in. */
  reveal: boolean;
}

/**
 * The curl command that sends what a pair recorded, for one shell. Secrets are masked unless `reveal` is set.
 * Throws `pair-not-replayable` for rows that hold no HTTP request.
 */
export function curlCommand(record: PairRecord, { shell, reveal }: CurlOptions): CurlExport {
  const request = recordedRequest(record);
  const shown = reveal
    ? { target: request.target, headers: request.headers, body: request.body, masked: [] }
    : maskMessage(request);
  const form = shellForms[shell];
  const outgoing = { ...request, target: shown.target, headers: shown.headers, body: shown.body };
  const plan = planCurl(outgoing, `sidetap-${String(record.id)}.body`, form.inline);
  return {
    command: form.write(plan.arguments),
    masked: shown.masked,
    bodyFile: plan.bodyFile === null ? null : { name: plan.bodyFile.name, base64: plan.bodyFile.bytes.toString('base64') },
    notes: plan.notes,
  };
}

const shellForms: Readonly<Record<Shell, { inline: InlineLimits; write: (args: readonly CurlArgument[]) => string }>> = {
  // Linux allows 128 KiB an argument; what is pasted should still be readable.
  bash: { inline: { bytes: 16 * 1024, lineBreaks: true, unicode: true }, write: bashCommand },
  powershell: { inline: { bytes: 16 * 1024, lineBreaks: true, unicode: true }, write: powershellCommand },
  // cmd.exe takes 8,191 characters a line, and every special one needs a caret.
  cmd: { inline: { bytes: 2 * 1024, lineBreaks: false, unicode: false }, write: cmdCommand },
};
