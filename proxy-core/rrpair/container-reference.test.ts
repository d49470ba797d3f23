import { expect, test } from 'vitest';
import { containersMeant } from './container-reference.ts';

const web = { id: 'aa11', name: 'shop_web_1', service: 'web', state: 'running' };
const old = { id: 'aa22', name: 'shop_web_run_1', service: 'web', state: 'exited' };
const db = { id: 'bb11', name: 'shop_db_1', service: 'db', state: 'running' };
const second = { id: 'bb22', name: 'shop_db_2', service: 'db', state: 'running' };
const alone = { id: 'cc11', name: 'web2', service: null, state: 'running' };
const named = { id: 'dd11', name: 'cache', service: null, state: 'running' };
const cache = { id: 'ee11', name: 'shop_cache_1', service: 'cache', state: 'exited' };
const all = [web, old, db, second, alone, named, cache];

test.each([
  ['its id', 'aa11', [web]],
  ['its name', 'web2', [alone]],
  ['its name as Docker tells it', '/shop_web_1', [web]],
  ['its service, of which one runs', 'web', [web]],
  ['a service of which several run', 'db', [db, second]],
  ['a name, before a service', 'cache', [named]],
  ['the beginning of its id', 'c', [alone]],
  ['what several ids begin with', 'aa', [web, old]],
  ['nothing that there is', 'queue', []],
  ['nothing at all', '', []],
])('a container is meant by %s', (_how, reference, meant) => {
  expect(containersMeant(all, reference)).toEqual(meant);
});

test('a service of which nothing runs is meant all the same', () => {
  expect(containersMeant([old], 'web')).toEqual([old]);
});
