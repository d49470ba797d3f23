import { expect, test } from 'vitest';
import { MapBuilder, type MapConnection, type MapPairs } from './map-builder.ts';

const pairs = (more: Partial<MapPairs> = {}): MapPairs => ({
  count: 1,
  outbound: true,
  source: 'local',
  protocol: 'http',
  host: 'api.test',
  failed: 0,
  latencies: [1_000],
  technologies: ['JSON'],
  ...more,
});
const connection = (more: Partial<MapConnection> = {}): MapConnection => ({ clientName: '', tls: false, otherEnd: null, ...more });

test('callers, the captured service and what it calls are nodes, with calls, errors and times on the ways', () => {
  const builder = new MapBuilder(10);
  builder.add(
    pairs({ outbound: false, count: 2, latencies: [5_000, 7_000], failed: 1, technologies: ['JSON', 'Express'] }),
    connection(),
  );
  builder.add(
    pairs({ count: 20, latencies: Array.from({ length: 20 }, (_, index) => (index + 1) * 1_000) }),
    connection({ tls: true }),
  );
  builder.add(pairs({ protocol: 'postgresql', host: 'db:5432', technologies: ['PostgreSQL'] }), connection());
  expect(builder.nodes().map(({ kind, name, pairs: count, technologies }) => [kind, name, count, technologies])).toEqual([
    ['service', 'local', 2, ['Express']],
    ['clients', '', 2, []],
    ['host', 'api.test', 20, []],
    ['database', 'db:5432', 1, ['PostgreSQL']],
  ]);
  expect(builder.edges()).toMatchObject([
    { pairs: 2, errors: 1, p50Ms: 5, p95Ms: 7, tls: 'none', finds: { source: 'local', direction: 'in', host: null } },
    { pairs: 20, errors: 0, p50Ms: 10, p95Ms: 19, tls: 'all', finds: { direction: 'out', host: 'api.test', protocol: 'http' } },
    { pairs: 1, finds: { host: 'db:5432', protocol: 'postgresql' } },
  ]);
});

test('a call between two captured containers is one way, from the caller', () => {
  const builder = new MapBuilder(10);
  builder.add(pairs({ source: 'web', host: 'api:80' }), connection({ otherEnd: 'api' }));
  builder.add(pairs({ source: 'api', outbound: false, host: 'api:80' }), connection({ otherEnd: 'web', clientName: 'web' }));
  expect(builder.edges()).toMatchObject([{ from: 'service web', to: 'service api', pairs: 1 }]);
  expect(builder.nodes()).toHaveLength(2);
});

test('a host that is called in two ways is found by its name only', () => {
  const builder = new MapBuilder(10);
  builder.add(pairs(), connection());
  builder.add(pairs({ protocol: 'https' }), connection({ tls: true }));
  expect(builder.edges()).toMatchObject([{ pairs: 2, tls: 'some', finds: { host: 'api.test', protocol: null } }]);
});

test('with too many hosts, what has no place is counted', () => {
  const builder = new MapBuilder(3);
  for (let host = 0; host < 10; host += 1) builder.add(pairs({ host: `h${host}`, count: 2 }), connection());
  expect(builder.nodes()).toHaveLength(3);
  expect(builder.left).toBe(16);
});
