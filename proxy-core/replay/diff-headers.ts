import type { Difference } from '../rrpair/results.ts';
import type { HeaderField } from '../rrpair/shapes.ts';
import { isNoiseChange } from './noise.ts';

/** Fields that differ at every call, or speak of the connection and not of the answer (RFC 9110 7.6.1). */
const noisyFields: ReadonlySet<string> = new Set([
  'date',
  'age',
  'etag',
  'expires',
  'last-modified',
  'set-cookie',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'server-timing',
  'x-runtime',
  'x-response-time',
  'x-request-id',
  'x-correlation-id',
  'x-trace-id',
  'traceparent',
  'request-id',
  'cf-ray',
  'x-amz-cf-id',
  'x-amzn-requestid',
  'x-amzn-trace-id',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'ratelimit-remaining',
  'ratelimit-reset',
]);

/** Compares header fields whatever their order and case; repeated fields are compared as the list of their values. */
export function diffHeaders(before: readonly HeaderField[], after: readonly HeaderField[]): Difference[] {
  const one = grouped(before);
  const two = grouped(after);
  const differences: Difference[] = [];
  for (const [name, value] of one) {
    const other = two.get(name);
    if (other === undefined)
      differences.push({ path: name, kind: 'removed', before: value, after: null, noise: noisyFields.has(name) });
    else if (other !== value) {
      const noise = noisyFields.has(name) || isNoiseChange(name, value, other);
      differences.push({ path: name, kind: 'changed', before: value, after: other, noise });
    }
  }
  for (const [name, value] of two) {
    if (!one.has(name)) differences.push({ path: name, kind: 'added', before: null, after: value, noise: noisyFields.has(name) });
  }
  return differences;
}

function grouped(fields: readonly HeaderField[]): Map<string, string> {
  const groups = new Map<string, string>();
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    const before = groups.get(key);
    groups.set(key, before === undefined ? value : `${before}\n${value}`);
  }
  return groups;
}
