import type { LinkBasis } from '../rrpair/caused.ts';

/**
 * Where an identity of a request travels with the calls that it causes. To add one, add a line: the name of a header field (lower case), what it is
 * called where a link is explained, and how its value becomes an identity.
 */
export interface TraceRule {
  header: string;
  basis: Exclude<LinkBasis, 'time' | 'sql-comment'>;
  /**
   * Identities are compared within a family only. `trace`: of a distributed trace, of which the last 64 bits count, which all its headers share.
   * `request`: of one request, opaque.
   */
  family: 'trace' | 'request';
  /** The first group is the identity. */
  value: RegExp;
  /** In which digits it stands; opaque text when absent. */
  digits?: 'hex' | 'decimal';
}

const trace = (basis: TraceRule['basis'], header: string, value: RegExp, digits: 'hex' | 'decimal'): TraceRule => ({
  header,
  basis,
  family: 'trace',
  value,
  digits,
});

/** Long enough to be one request's only, short enough to be no document. */
const OPAQUE = /^\s*([\x21-\x7e]{6,200})\s*$/;
const request = (header: string, value: RegExp = OPAQUE): TraceRule => ({ header, basis: 'request-id', family: 'request', value });

/** The most telling first. */
export const traceRules: readonly TraceRule[] = [
  // W3C Trace Context 3.2.2: version, trace-id, parent-id, flags.
  trace('traceparent', 'traceparent', /^\s*[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/i, 'hex'),
  // B3, of one and of several fields (github.com/openzipkin/b3-propagation).
  trace('b3', 'b3', /^\s*([0-9a-f]{32}|[0-9a-f]{16})-[0-9a-f]{16}/i, 'hex'),
  trace('b3', 'x-b3-traceid', /^\s*([0-9a-f]{32}|[0-9a-f]{16})\s*$/i, 'hex'),
  trace('datadog', 'x-datadog-trace-id', /^\s*(\d{1,20})\s*$/, 'decimal'),
  // AWS X-Ray: Root=1-<8 hex of the time>-<24 hex>.
  trace('trace-header', 'x-amzn-trace-id', /Root=1-[0-9a-f]{8}-([0-9a-f]{24})/i, 'hex'),
  trace('trace-header', 'x-cloud-trace-context', /^\s*([0-9a-f]{32})\//i, 'hex'),
  trace('trace-header', 'uber-trace-id', /^\s*([0-9a-f]{16,32}):/i, 'hex'),
  request('x-request-id'),
  request('x-correlation-id'),
  request('request-id', /^\s*\|?([\w-]{6,200})/),
  request('x-trace-id'),
  request('x-amz-request-id'),
  request('x-transaction-id'),
];

/** Keys of comments in SQL (google.github.io/sqlcommenter, and what Marginalia writes) whose value is an identity, by the header that says the same. */
export const sqlCommentKeys: Readonly<Record<string, string>> = {
  traceparent: 'traceparent',
  request_id: 'x-request-id',
  'x-request-id': 'x-request-id',
  correlation_id: 'x-correlation-id',
  dddbs_trace_id: 'x-datadog-trace-id',
};

/**
 * What comes whatever requests there are, by protocol: what clients send again and again for as long as they run, and what servers send when others do something. When
 * it came tells nothing of a cause.
 */
export const unprompted: Readonly<Partial<Record<string, ReadonlySet<string>>>> = {
  amqp: new Set(['Deliver']),
  kafka: new Set(['Fetch', 'Heartbeat', 'ConsumerGroupHeartbeat', 'JoinGroup', 'SyncGroup', 'OffsetFetch', 'OffsetCommit']),
  mqtt: new Set(['Deliver', 'Ping']),
  nats: new Set(['Deliver', 'Ping']),
  redis: new Set(['MESSAGE', 'PMESSAGE', 'SMESSAGE', 'INVALIDATE', 'MONITOR']),
};
