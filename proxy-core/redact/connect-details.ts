import { statusBytesOf, streamError, unaryError } from '../wire/grpc/connect-error.ts';
import { type Masker, type Work, withText } from './mask.ts';
import { coverBinary, findInStatus, hasSecret } from './metadata.ts';
import { MASK } from './secrets.ts';

/** What a detail of an error holds: bytes in base64, in which a server may escape each `/`. */
const values = /("value"\s*:\s*")([\w+/=\\-]+)(?=")/g;

/** Looks for secrets in the details of an error of Connect, which stand as bytes in base64 in its JSON (https://connectrpc.com/docs/protocol, Error Details). */
export function findInDetails(json: Buffer, masker: Masker, work: Work): void {
  const status = statusIn(json);
  if (status !== null) findInStatus(status, masker, work, 'error details');
}

/** The JSON with every secret in its details covered; none of their values is left where that cannot be done. */
export function coverDetails(json: Buffer, masker: Masker, work: Work): Buffer {
  if (statusIn(json) === null) return json;
  const covered = withValues(json, (value) => {
    const base64 = value.replaceAll('\\', '');
    const after = coverBinary(base64, masker, work);
    return after === base64 ? value : after;
  });
  const left = statusIn(covered);
  return left !== null && hasSecret(left, masker) ? withValues(json, () => MASK) : covered;
}

function withValues(json: Buffer, change: (value: string) => string): Buffer {
  return withText(json, (text) => text.replaceAll(values, (_, before: string, value: string) => before + change(value)));
}

function statusIn(json: Buffer): Buffer | null {
  const error = unaryError(json) ?? streamError(json) ?? null;
  return error === null || error.details.length === 0 ? null : statusBytesOf(0, error);
}
