import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { protocolNames, protocols } from '../../proxy-core/rrpair/protocols.ts';
import { technologyDrawing } from './technology.ts';

test('every protocol has a drawing, and every drawing that is named is there', () => {
  const files = readdirSync(path.join(import.meta.dirname, '../../assets/technologies'));
  const drawn = protocolNames.map((name) => technologyDrawing(protocols[name].title));
  expect(files).toEqual(expect.arrayContaining(drawn.map((drawing) => `${String(drawing)}.svg`)));
});

test('a version changes nothing', () => {
  expect(technologyDrawing('PostgreSQL 15.3')).toBe('database');
  expect(technologyDrawing('nginx/1.24.0')).toBe('server');
  expect(technologyDrawing('HTTP/2')).toBe('globe');
});

test('what nobody has heard of has none', () => {
  expect(technologyDrawing('constructor')).toBeNull();
});
