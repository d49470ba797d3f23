/**
 * All that `extra` (see `batch.ts`) says of most pairs that have one, written without making its JSON first: there is nothing in its texts that would have to be
 * escaped, and each character is one byte.
 */
export interface PlainSummary {
  readonly command: string;
  readonly location: string;
  readonly status: string;
}

/** What stands around its texts. */
export const summaryJson = ['{"summary":{"command":"', '","location":"', '","status":"', '"}}'] as const;

const AROUND_BYTES = summaryJson.join('').length;

/** Characters up to which a text is looked through one by one. */
const SHORT = 256;

/** How long its JSON is. */
export function plainSummaryBytes({ command, location, status }: PlainSummary): number {
  return AROUND_BYTES + command.length + location.length + status.length;
}

/** It can be written as it is. */
export function isPlainSummary({ command, location, status }: PlainSummary): boolean {
  return isPlain(command) && isPlain(location) && isPlain(status);
}

function isPlain(text: string): boolean {
  if (text.length > SHORT) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}
