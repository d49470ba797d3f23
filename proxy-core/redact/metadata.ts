import { binaryValue, detailsJson } from '../wire/grpc/status-details.ts';
import type { Masker, Work } from './mask.ts';
import { MASK } from './secrets.ts';

/** Fields of gRPC's metadata whose values are bytes in base64 (gRPC over HTTP2, Custom-Metadata). */
export function isBinaryField(name: string): boolean {
  return name.trim().toLowerCase().endsWith('-bin');
}

/** Most heads have none, which one look tells. */
export function hasBinaryFields(head: Buffer): boolean {
  return /-bin[ \t]*:/i.test(head.toString('latin1'));
}

/** Looks for secrets in such a value; where it is what a server says of an error, by the names of its fields too. */
export function findInBinary(value: string, masker: Masker, work: Work, where: string): void {
  for (const part of value.split(',')) findInStatus(binaryValue(part), masker, work, where);
}

/** Looks for secrets in bytes: by their form and, where they are a google.rpc.Status, by the names of its fields. */
export function findInStatus(bytes: Buffer, masker: Masker, work: Work, where: string): void {
  masker.text(bytes.toString('latin1'), work, where);
  const details = detailsJson(bytes);
  if (details !== null) masker.json(details, work, where);
}

/** The value with every secret that was found covered, so that what is framed by lengths stays readable; all of it is masked where that cannot be done. */
export function coverBinary(value: string, masker: Masker, work: Work): string {
  const parts = value.split(',').map((part) => {
    const bytes = binaryValue(part);
    const covered = work.cover(bytes);
    if (hasSecret(covered, masker)) return MASK;
    if (covered === bytes) return part;
    const base64 = covered.toString('base64');
    return part.includes('=') ? base64 : base64.replace(/=+$/, '');
  });
  return parts.join(',');
}

/** Whether such bytes, in which secrets were covered, still have one. */
export function hasSecret(bytes: Buffer, masker: Masker): boolean {
  const left = masker.work();
  masker.text(bytes.toString('latin1'), left, '');
  // What is covered has the name of a secret still, and a secret that is too short to be looked for in bytes is not covered.
  const details = detailsJson(bytes)?.replaceAll(/"\*+"/g, 'null');
  if (details !== undefined) masker.json(details, left, '');
  return left.findings.length > 0;
}

/** The same for the trailers of gRPC-Web, which stand in its last message as a block of fields. */
export function coverTrailers(block: Buffer, masker: Masker, work: Work): Buffer {
  const before = block.toString('latin1');
  const after = before.replaceAll(
    /^([^:\r\n]{1,200}):([ \t]*)([^\r\n]+)/gm,
    (line: string, name: string, blanks: string, value: string) =>
      isBinaryField(name) ? `${name}:${blanks}${coverBinary(value, masker, work)}` : line,
  );
  return after === before ? block : Buffer.from(after, 'latin1');
}
