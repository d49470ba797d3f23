import type { HeavySubject } from './subject.ts';

export type SqlValue = string | number | null;

/** A condition that needs headers or bodies. */
export type HeavyCondition = (subject: HeavySubject) => boolean;
