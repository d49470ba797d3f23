import type { MessageFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { errorShapes } from './rules/error-shapes.ts';

/** Bytes of an error's body that are looked at. */
const SHAPE_BYTES = 2_048;

/** What wrote the body of an error, by its shape. */
export function fromErrorShape(response: MessageFacts, found: Finding[]): void {
  const { head, body, headers } = response;
  if ((head.statusCode ?? 0) < 400 || body.length === 0 || headers.has('content-encoding')) return;
  const text = unchunked(body.toString('utf8', 0, SHAPE_BYTES), headers.has('transfer-encoding'));
  for (const shape of errorShapes) {
    const match = shape.body.exec(text);
    if (match === null) continue;
    const version = match[1];
    found.push({
      technology: version === undefined ? shape.technology : `${shape.technology} ${version}`,
      kind: shape.kind,
      where: 'response body',
      value: shape.says,
    });
  }
}

/** The size of the first chunk stands before the beginning (RFC 9112 7.1). */
function unchunked(text: string, chunked: boolean): string {
  return chunked ? text.replace(/^[0-9a-f]{1,8}(?:;[^\r\n]*)?\r\n/i, '').replace(/\r\n0\r\n\r\n$/, '') : text;
}
