import { describe, expect, it } from 'vitest';
import { phasesOf } from './phases.ts';

describe('phasesOf', () => {
  it('puts the phases one after the other', () => {
    const { phases, total } = phasesOf({ dialMs: 2, tlsMs: 20, requestMs: 1, waitMs: 40, responseMs: 5 });
    expect(phases.map(({ name, start, length }) => [name, start, length])).toEqual([
      ['Connect', 0, 2],
      ['TLS', 2, 20],
      ['Request sent', 22, 1],
      ['Waiting', 23, 40],
      ['Receiving', 63, 5],
    ]);
    expect(total).toBe(68);
  });

  it('leaves out what did not happen, and counts nothing backwards', () => {
    const { phases, total } = phasesOf({ dialMs: 0, tlsMs: 0, requestMs: 3, waitMs: -1, responseMs: null });
    expect(phases.map(({ name, length }) => [name, length])).toEqual([
      ['Request sent', 3],
      ['Waiting', 0],
    ]);
    expect(total).toBe(3);
  });
});
