import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SECONDS } from './longest-first.ts';

test('the files that take long are there', () => {
  const root = path.join(import.meta.dirname, '..', '..');
  expect(Object.keys(SECONDS).filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});
