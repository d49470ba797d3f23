import { expect, test } from 'vitest';
import type { ContainerFacts } from './facts.ts';
import { shownOf } from './shown.ts';

function container(id: string, name: string, state: ContainerFacts['state'], labels: Record<string, string> = {}): ContainerFacts {
  return {
    id,
    name,
    state,
    labels,
    image: 'image',
    project: null,
    service: null,
    health: 'none',
    ports: [],
    networks: [],
    networkMode: 'bridge',
  };
}

const twinOf = { 'sidetap.twin-of': 'o' };
const other = container('x', 'other', 'running');
const shown = (all: readonly ContainerFacts[], ...twins: string[]): string[] =>
  shownOf([other, ...all], new Set(twins))
    .filter(({ id }) => id !== 'x')
    .map(({ id, name }) => `${id} ${name}`);

test('agents are not shown', () => {
  expect(shown([container('a', 'sidetap-agent-1', 'running', { 'sidetap.agent': '1' })])).toEqual([]);
});

test('a twin and its original are one container under its name, in every step of the change', () => {
  expect(shown([container('o', 'web', 'running'), container('t', 'web-sidetap-twin', 'created', twinOf)])).toEqual(['o web']);
  expect(shown([container('o', 'web-sidetap-original', 'exited'), container('t', 'web-sidetap-twin', 'created', twinOf)])).toEqual([
    'o web',
  ]);
  expect(shown([container('o', 'web-sidetap-original', 'exited'), container('t', 'web', 'running', twinOf)])).toEqual(['t web']);
  expect(shown([container('o', 'web-sidetap-original', 'exited'), container('t', 'web', 'exited', twinOf)], 't')).toEqual([
    't web',
  ]);
  expect(shown([container('o', 'web', 'running'), container('t', 'web-sidetap-twin', 'exited', twinOf)])).toEqual(['o web']);
});

test('a twin whose original is gone is shown as it is', () => {
  expect(shown([container('t', 'web', 'running', twinOf)])).toEqual(['t web']);
});
