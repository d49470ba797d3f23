import { create } from 'zustand';
import { setPreferences } from './preferences.ts';

/** Below this width the sources lie over the list instead of beside it. */
export const NARROW = '(width < 900px)';

/** Whether the sources lie over the list of a narrow window. Beside the list it is a preference, over it an errand. */
export const useSourcesOver = create<{ over: boolean }>(() => ({ over: false }));

export function closeSourcesOver(): void {
  useSourcesOver.setState({ over: false });
}

export function toggleSources(): void {
  if (window.matchMedia(NARROW).matches) useSourcesOver.setState(({ over }) => ({ over: !over }));
  else setPreferences(({ sourcesOpen }) => ({ sourcesOpen: !sourcesOpen }));
}
