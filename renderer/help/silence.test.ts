import { describe, expect, it } from 'vitest';
import type { Status } from '../../proxy-core/api/contract.ts';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { watchedSources } from './silence.ts';

const AT = '2026-05-04T10:00:00.000Z';

const status = (capture: Partial<Status['capture']>): Status =>
  ({ capture: { state: 'on', startedAt: AT, pairsIn: 0, pairsOut: 0, ...capture } }) as Status;

const container = (name: string, capture: Partial<Container['capture']>): Container =>
  ({ name, project: null, service: null, capture: { state: 'on', since: AT, pairsIn: 0, pairsOut: 0, ...capture } }) as Container;

describe('watchedSources', () => {
  it('names what is on, longest first, with what has come from it', () => {
    const found = watchedSources(status({}), [
      container('web', { since: '2026-05-04T09:59:00.000Z', pairsIn: 2, pairsOut: 1 }),
      container('cache', { state: 'off' }),
    ]);
    expect(found.map(({ name, pairs }) => [name, pairs])).toEqual([
      ['web', 3],
      ['your app', 0],
    ]);
    expect(found[1]?.since).toBe(Date.parse(AT));
  });

  it('names nothing that is off or not known', () => {
    expect(watchedSources(null, [])).toEqual([]);
    expect(watchedSources(status({ state: 'off' }), [])).toEqual([]);
    expect(watchedSources(status({ startedAt: null }), [])).toEqual([]);
  });

  it('tells one silence from the next', () => {
    const [first] = watchedSources(status({}), []);
    const [next] = watchedSources(status({ startedAt: '2026-05-04T11:00:00.000Z' }), []);
    expect(first?.id).not.toBe(next?.id);
  });
});
