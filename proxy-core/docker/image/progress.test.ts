import { expect, test } from 'vitest';
import { BuildProgress } from './progress.ts';

function told(...steps: Parameters<BuildProgress['hear']>[0][]): string[] {
  const texts: string[] = [];
  const progress = new BuildProgress('node:24', (text) => texts.push(text));
  for (const step of steps) progress.hear(step);
  return texts;
}

function layer(id: string, current: number, total: number): Parameters<BuildProgress['hear']>[0] {
  return { status: 'Downloading', id, progressDetail: { current, total } };
}

test('tells the share of all layers that are downloaded, when it changes', () => {
  expect(
    told(
      layer('a', 1, 100),
      layer('b', 9, 100),
      layer('a', 2, 100),
      { status: 'Verifying Checksum', id: 'a' },
      { status: 'Download complete', id: 'a' },
      { status: 'Download complete', id: 'unknown' },
    ),
  ).toEqual(['Downloading node:24: 1 %', 'Downloading node:24: 5 %', 'Downloading node:24: 54 %']);
});

test('downloads of unknown size are told without a share', () => {
  expect(told({ status: 'Downloading', id: 'a', progressDetail: {} })).toEqual(['Downloading node:24']);
});

test('tells the steps of a build, and not what they print', () => {
  expect(told({ stream: 'Step 3/16 : RUN apt-get update' }, { stream: 'Get:1 http://deb.debian.org' }, { stream: '\n' })).toEqual([
    'Building the agent’s image: step 3 of 16',
  ]);
  // Podman counts the steps of each stage.
  expect(told({ stream: '[1/2] STEP 3/9: RUN apt-get update' }, { stream: 'STEP 4/9: WORKDIR /parts' })).toEqual([
    'Building the agent’s image: step 3 of 9',
    'Building the agent’s image: step 4 of 9',
  ]);
});
