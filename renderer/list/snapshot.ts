import { toast } from '../design/toasts.ts';
import { useList } from './store.ts';

/** For operations that read pairs: where those that the list shows stand. */
export function inSnapshot(): { snapshot?: string } {
  const { snapshot } = useList.getState();
  return snapshot === null ? {} : { snapshot: snapshot.id };
}

/** Says that a snapshot cannot be changed and nothing in it is sent, while one is shown. Answers whether it is. */
export function refuseInSnapshot(): boolean {
  const { snapshot } = useList.getState();
  if (snapshot === null) return false;
  toast({ text: 'A snapshot is only for reading. Go back to the traffic for this.', tone: 'plain' });
  return true;
}
