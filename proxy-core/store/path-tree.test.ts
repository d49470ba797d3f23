import { describe, expect, it } from 'vitest';
import { PathTree, segmentsOf } from './path-tree.ts';

describe('segmentsOf', () => {
  it.each([
    ['/', ['/']],
    ['/api/orders?x=/y', ['/api', '/orders']],
    ['/orders/1234/items/7', ['/orders', '/{id}', '/items', '/{id}']],
    ['/u/550e8400-e29b-41d4-a716-446655440000', ['/u', '/{id}']],
    ['/c/9f86d081884c7d659a2feaa0', ['/c', '/{id}']],
    ['/v1/app.3f2a1b9c8d7e6f5a4b3c.js', ['/v1', '/app.3f2a1b9c8d7e6f5a4b3c.js']],
    ['/a-very-long-name-without-any-number', ['/a-very-long-name-without-any-number']],
    ['SELECT 1', ['SELECT 1']],
    ['', []],
    ['/api/graphql query GetUser', ['/api', '/graphql query GetUser']],
    ['/rpc tools/call weather', ['/rpc tools/call weather']],
    ['/v1/users/7 GetItem', ['/v1', '/users', '/{id} GetItem']],
  ])('of %s', (location, segments) => {
    expect(segmentsOf(location)).toEqual(segments);
  });
});

describe('the tree', () => {
  it('counts pairs, failures and the median at every level', () => {
    const tree = new PathTree(100);
    tree.add('api', '/orders/1', false, 1_000);
    tree.add('api', '/orders/2', true, 3_000);
    tree.add('api', '/orders', false, null);
    tree.add('db', '', false, 500);
    expect(tree.nodes()).toEqual([
      { depth: 0, name: 'api', pairs: 3, own: 0, errors: 1, p50Ms: 1 },
      { depth: 1, name: '/orders', pairs: 3, own: 1, errors: 1, p50Ms: 1 },
      { depth: 2, name: '/{id}', pairs: 2, own: 2, errors: 1, p50Ms: 1 },
      { depth: 0, name: 'db', pairs: 1, own: 1, errors: 0, p50Ms: 0.5 },
    ]);
  });

  it('stays small whatever it is given, and loses no pair', () => {
    const tree = new PathTree(50);
    for (let at = 0; at < 1_000; at += 1) tree.add('api', `/x${'y'.repeat(at % 300)}/${'z/'.repeat(at % 40)}`, false, 1);
    const nodes = tree.nodes();
    expect(nodes.length).toBeLessThanOrEqual(50);
    expect(nodes[0]).toMatchObject({ name: 'api', pairs: 1_000 });
    expect(nodes.reduce((sum, { own }) => sum + own, 0)).toBe(1_000);
  });
});
