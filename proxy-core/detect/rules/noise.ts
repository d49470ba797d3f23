import type { Protocol } from '../../rrpair/protocols.ts';

/** Requests that a machine sends to see whether a service is alive, or to measure it. They are stored and marked, never dropped. */

/** Paths that mean a health check whoever asks. Compared whole, without query and trailing slash, in lower case. */
export const healthPaths: ReadonlySet<string> = new Set([
  '/health',
  '/healthz',
  '/health/live',
  '/health/ready',
  '/health/liveness',
  '/health/readiness',
  '/actuator/health',
  '/actuator/health/liveness',
  '/actuator/health/readiness',
  '/livez',
  '/readyz',
  '/healthcheck',
  '/health-check',
  '/health_check',
  '/_health',
  '/_healthz',
  '/-/healthy',
  '/-/ready',
  '/favicon.ico',
]);

/** Paths that are a health check or a scrape only when nothing else is meant by them: a plain GET or HEAD without a query. */
export const probePaths: ReadonlySet<string> = new Set([
  '/ping',
  '/live',
  '/ready',
  '/liveness',
  '/readiness',
  '/metrics',
  '/actuator/prometheus',
]);

/** Health checks of gRPC (github.com/grpc/grpc, doc/health-checking.md). */
export const healthMethods: ReadonlySet<string> = new Set(['/grpc.health.v1.Health/Check', '/grpc.health.v1.Health/Watch']);

/** User agents that only probe. */
export const probeAgents =
  /^(?:kube-probe\/|ELB-HealthChecker\/|GoogleHC\/|Amazon-Route53-Health-Check-Service|Prometheus\/|vm_promscrape|Consul Health Check|UptimeRobot\/|Pingdom\.com_bot|Blackbox Exporter\/|Datadog Agent\/|Envoy\/HC|HAProxy\/)/;

/**
 * Commands that a client repeats as long as it is there, and that bring nothing: by the protocol and the command, the statuses of those. An empty status is that of one that is
 * open: a Fetch of Kafka waits until there is something to fetch.
 */
export const idleCommands: Readonly<Partial<Record<Protocol, Readonly<Record<string, readonly string[]>>>>> = {
  kafka: {
    Fetch: ['', 'EMPTY', 'NO REPLY'],
    Heartbeat: ['', 'OK'],
    ConsumerGroupHeartbeat: ['', 'OK'],
  },
};
