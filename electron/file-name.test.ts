import { expect, test } from 'vitest';
import { safeFileName } from './file-name.ts';

test.each([
  ['response.json', 'response.json'],
  ['größe 1.txt', 'größe 1.txt'],
  ['../../etc/passwd', '__.._etc_passwd'],
  ['C:\\Windows\\x', 'C__Windows_x'],
  ['.bashrc', '_bashrc'],
  ['a\u0000b\u202egnp.exe', 'a_b_gnp.exe'],
  ['name. . ', 'name'],
  ['NUL', 'sidetap-NUL'],
  ['com1.txt', 'sidetap-com1.txt'],
  ['', 'sidetap-file'],
  ['..', 'sidetap-file'],
  ['x'.repeat(500), 'x'.repeat(200)],
])('%j becomes %j', (name, safe) => {
  expect(safeFileName(name)).toBe(safe);
});
