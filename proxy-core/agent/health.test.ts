import { expect, test } from 'vitest';
import { limits } from '../limits.ts';
import { Health } from './health.ts';

const late = limits.agentLagMillis + 1;

test('one late look is no overload; several in a row are, until it is over', () => {
  const health = new Health(1_000);
  let now = 0;
  for (let i = 1; i < limits.agentLagTicks; i++) health.tick(now++, late);
  expect(health.problem(now)).toBe('');
  health.tick(now, late);
  expect(health.problem(now)).toMatch(/overloaded.*New connections go direct/);
  health.tick(now, 0);
  expect(health.problem(now + limits.agentRecoverMillis - 1)).not.toBe('');
  expect(health.problem(now + limits.agentRecoverMillis)).toBe('');
});

test('connections are refused before descriptors run out, and when one could not be accepted', () => {
  const health = new Health(1_000);
  expect(health.connections(0, 400)).toBe(false);
  expect(health.problem(0)).toBe('');
  expect(health.connections(0, 480)).toBe(true);
  expect(health.problem(0)).toMatch(/480 connections.*1000/);
  const other = new Health(Infinity);
  expect(other.connections(0, 100_000)).toBe(false);
  expect(other.problem(0)).toBe('');
  other.acceptFailed(0, 'too many open files');
  expect(other.problem(0)).toMatch(/too many open files/);
});
