import { describe, expect, it } from 'vitest';
import type { PathNode } from '../../../proxy-core/rrpair/shapes.ts';
import { conditionsFor, rowsOf } from './tree.ts';

const node = (depth: number, name: string, own: number, pairs = own): PathNode => ({
  depth,
  name,
  own,
  pairs,
  errors: 0,
  p50Ms: 1,
});
const nodes = [
  node(0, 'api', 0, 6),
  node(1, '/v1', 0, 5),
  node(2, '/orders', 3, 5),
  node(3, '/{id}', 2),
  node(1, '/health', 1),
  node(0, 'db', 4),
];

describe('rowsOf', () => {
  it('opens hosts, and takes levels together that only lead on', () => {
    expect(rowsOf(nodes, new Set()).map(({ level, name, pairs, expandable }) => [level, name, pairs, expandable])).toEqual([
      [0, 'api', 6, true],
      [1, '/v1/orders', 5, true],
      [1, '/health', 1, false],
      [0, 'db', 4, false],
    ]);
  });

  it('opens and closes what was toggled', () => {
    expect(rowsOf(nodes, new Set(['api\n/v1/orders'])).map(({ path }) => path)).toEqual([
      '',
      '/v1/orders',
      '/v1/orders/{id}',
      '/health',
      '',
    ]);
    expect(rowsOf(nodes, new Set(['api\n'])).map(({ name }) => name)).toEqual(['api', 'db']);
  });
});

it('finds what a line counts', () => {
  expect(conditionsFor({ host: 'api', path: '' })).toEqual(['host=api']);
  expect(conditionsFor({ host: 'a:80', path: '/v1.0/{id}/x' })).toEqual([
    'host="a:80"',
    String.raw`path:~"^/v1\.0/[^/?]+/x([/?]|$)"`,
  ]);
  expect(conditionsFor({ host: '', path: 'say "hi" (1)' })).toEqual([String.raw`path:~"^say \"hi\" \(1\)([/?]|$)"`]);
});
