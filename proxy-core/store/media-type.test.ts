import { expect, test } from 'vitest';
import { parseMediaType, sniffMediaType } from './media-type.ts';

test.each<[string, string, string]>([
  ['text/html; charset=UTF-8', 'text/html', 'utf-8'],
  ['Application/JSON', 'application/json', ''],
  ['text/plain;charset="iso-8859-1";x=1', 'text/plain', 'iso-8859-1'],
  ['', '', ''],
])('%s', (value, mediaType, charset) => {
  expect(parseMediaType(value)).toEqual({ mediaType, charset });
});

test.each<[string | Buffer, string]>([
  ['', ''],
  ['  {"a":1}', 'application/json'],
  ['[1,2]', 'application/json'],
  ['[section]\nkey=value', 'text/plain'],
  ['<!DOCTYPE html><html>', 'text/html'],
  ['<?xml version="1.0"?>', 'application/xml'],
  ['hello\n', 'text/plain'],
  [Buffer.from('héllo', 'utf8'), 'text/plain'],
  [Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 0x1a, 10]), 'image/png'],
  [Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg'],
  [Buffer.from('RIFF1234WEBPVP8'), 'image/webp'],
  [Buffer.from([1, 2, 3, 0]), 'application/octet-stream'],
])('%j looks like %s', (bytes, expected) => {
  expect(sniffMediaType(Buffer.from(bytes))).toBe(expected);
});
