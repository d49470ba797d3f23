import { expect, test } from 'vitest';
import { fillGaps, gaps, type Lockfile, readLockfile } from './lockfile.ts';

test('the lockfile lists every optional package that it asks for', () => {
  expect(gaps(readLockfile())).toEqual([]);
});

test('a gap is found, and filled with the system that the name tells', () => {
  const lockfile: Lockfile = {
    packages: {
      '': {},
      'node_modules/tool': {
        version: '1.0.0',
        dev: true,
        optionalDependencies: { '@tool/linux-x64-musl': '1.0.0', there: '^2.0.0' },
      },
      'node_modules/tool/node_modules/there': { version: '2.1.0' },
    },
  };
  expect(gaps(lockfile)).toEqual([{ parent: 'node_modules/tool', name: '@tool/linux-x64-musl', range: '1.0.0' }]);
  expect(fillGaps(lockfile)).toBe(1);
  expect(lockfile.packages['node_modules/@tool/linux-x64-musl']).toEqual({
    version: '1.0.0',
    dev: true,
    optional: true,
    os: ['linux'],
    cpu: ['x64'],
    libc: ['musl'],
  });
  expect(gaps(lockfile)).toEqual([]);
});
