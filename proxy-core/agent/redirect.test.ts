import { expect, test } from 'vitest';
import { arm, createTable, listenOnly, tableShapes } from './nft-script.ts';
import { refusalSentence } from './redirect.ts';

const plan = { inbound: 4143, outbound: 4140, uid: 4140 };

test('every command is one line: carried out whole or not at all', () => {
  for (const shape of tableShapes) {
    for (const command of [createTable(shape, plan), arm(shape), listenOnly(shape, [80, 443]), listenOnly(shape, [])]) {
      expect(command).not.toMatch(/\n/);
    }
  }
});

test('an IPv4 table says nothing of IPv6', () => {
  expect(createTable({ family: 'ip', owned: false }, plan)).not.toMatch(/ip6|inet sidetap/);
});

test.each([
  ['spawn nft ENOENT', /no nft that can be run/],
  ['Operation not permitted (you must be root)\nnetlink: Error: cache initialization failed', /NET_ADMIN/],
  ['Error: Could not process rule: Operation not permitted', /Another agent/],
  ['Error: Could not process rule: No such file or directory', /kernel of the Docker host/],
  ['Error: Could not process rule: Operation not supported', /kernel of the Docker host/],
])('%s is explained', (words, sentence) => {
  expect(refusalSentence(words)).toMatch(sentence);
  expect(refusalSentence(words)).not.toMatch(/\n/);
});
