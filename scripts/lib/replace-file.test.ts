import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { replaceFile } from './replace-file.ts';

test('who has a file open keeps it when it is replaced', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sidetap-replace-'));
  const [source, target] = [path.join(folder, 'source'), path.join(folder, 'target')];
  writeFileSync(source, 'new');
  writeFileSync(target, 'the old one');
  const file = openSync(target, 'r');
  try {
    replaceFile(source, target);
    expect(readFileSync(target, 'utf8')).toBe('new');
    const bytes = Buffer.alloc(20);
    expect(bytes.toString('utf8', 0, readSync(file, bytes, 0, 20, 0))).toBe('the old one');
    expect(readdirSync(folder)).toEqual(['source', 'target']);
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
});
