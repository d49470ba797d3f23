import { expect, test } from 'vitest';
import { librariesOf, parseLdd } from './host-files.ts';

test('takes the paths from what ldd prints, and leaves out what is no file', () => {
  const text = [
    '/usr/sbin/nft:',
    '\tlinux-vdso.so.1 (0x00007ff175fea000)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007ff175cda000)',
    '\tlibgone.so.1 => not found',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007ff175fec000)',
    '/bin/busybox:',
    '\tstatically linked',
  ].join('\n');
  expect(parseLdd(text)).toEqual(['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
});

test('no program needs nothing', async () => {
  expect(await librariesOf([])).toEqual([]);
});
