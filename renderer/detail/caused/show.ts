import { selectPair } from '../../list/actions.ts';
import { type DetailTab, useDetail } from '../store.ts';

/** Goes to a pair that is linked with the one shown. */
export function showLinked(id: number, tab: DetailTab): void {
  useDetail.setState({ tab });
  selectPair(id);
}
