import type { CaseName } from '../lib/types.ts';
import type { Upstream } from '../lib/upstream.ts';

export interface TargetSetting {
  case: CaseName;
  upstream: Upstream;
  /** Where plain requests of this case go. */
  upstreamPort: number;
  /** A folder of its own, removed afterwards. */
  folder: string;
}
