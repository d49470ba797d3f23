import { expect, test } from 'vitest';
import type { TlsSeen } from '../link/messages.ts';
import { TlsReports } from './tls-seen.ts';

test('an outcome is told when it changes', () => {
  const told: TlsSeen[] = [];
  const reports = new TlsReports((seen) => told.push(seen));
  const good = { direction: 'out', destination: 'a:443', decrypted: true, reason: '', distrusted: false } as const;
  const bad = { ...good, decrypted: false, reason: 'no trust', distrusted: true };
  for (const outcome of [good, good, bad, bad, good, { ...good, direction: 'in' as const }]) reports.seen(outcome);
  expect(told.map((one) => [one.direction, one.decrypted])).toEqual([
    ['out', true],
    ['out', false],
    ['out', true],
    ['in', true],
  ]);
  reports.forget();
  reports.seen(good);
  expect(told).toHaveLength(5);
});
