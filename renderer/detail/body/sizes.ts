import type { MessageDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { formatBytes } from '../../design/format.ts';

/** `application/json · 1.2 KB, 412 B as gzip, 430 B on the wire`: what it decodes to, as it was encoded, and as it was framed. */
export function bodySizes(
  {
    mediaType,
    payloadBytes,
    wireBytes,
    contentEncoding,
  }: Pick<MessageDetail, 'mediaType' | 'payloadBytes' | 'wireBytes' | 'contentEncoding'>,
  decodedBytes: number,
): string {
  const decoded = contentEncoding === '' || decodedBytes === 0 ? payloadBytes : decodedBytes;
  const sizes = [formatBytes(decoded)];
  if (contentEncoding !== '') sizes.push(`${formatBytes(payloadBytes)} as ${contentEncoding}`);
  if (wireBytes !== payloadBytes) sizes.push(`${formatBytes(wireBytes)} on the wire`);
  return `${mediaType === '' ? '' : `${mediaType} · `}${sizes.join(', ')}`;
}
