import type { Evidence } from '../rrpair/shapes.ts';

/** One technology that was seen; the sentence is made of it only when somebody reads it, because every pair is searched for technologies. */
export interface Finding {
  technology: string;
  kind: Evidence['kind'];
  where: string;
  /** What was seen there; empty when the place says it all, or the value is a secret. A function where it takes long to say. */
  value: string | (() => string);
}
