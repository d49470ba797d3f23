import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { imageName } from './parts.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');

function json(file: string): { packages: Record<string, { version: string; integrity: string }> } {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as ReturnType<typeof json>;
}

test('another content is another image', () => {
  const parts = { agent: Buffer.from('agent'), context: new Map([['Dockerfile', Buffer.from('FROM scratch')]]) };
  const name = imageName(parts);
  expect(imageName({ ...parts })).toBe(name);
  expect(imageName({ ...parts, agent: Buffer.from('agent2') })).not.toBe(name);
  expect(imageName({ ...parts, context: new Map([['Dockerfile', Buffer.from('FROM other')]]) })).not.toBe(name);
});

test.each(['x64', 'arm64'])('the image gets the koffi of our own lockfile, for %s', (arch) => {
  const name = `node_modules/@koromix/koffi-linux-${arch}`;
  const { version, integrity } = json('package-lock.json').packages[name] ?? {};
  expect(json('proxy-core/docker/image/context/lockfile.json').packages[name]).toMatchObject({ version, integrity });
});
