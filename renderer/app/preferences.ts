import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Shell, SnippetShell } from '../../proxy-core/rrpair/results.ts';

/** How the user likes the window. Kept by the browser; nothing of what was captured is in it but the filters typed. */
export interface Preferences {
  sourcesOpen: boolean;
  sourcesWidth: number;
  detailSide: 'bottom' | 'right';
  detailHeight: number;
  detailWidth: number;
  curlShell: Shell;
  snippetShell: SnippetShell;
  /** What the local app's field held last. */
  app: string;
  inPort: string;
  outPort: string;
  insecureUpstream: boolean;
  recentFilters: readonly string[];
}

const windows = /^win/i.test(navigator.platform);

export const usePreferences = create<Preferences>()(
  persist(
    (): Preferences => ({
      sourcesOpen: true,
      sourcesWidth: 248,
      detailSide: 'bottom',
      detailHeight: Math.round(window.innerHeight * 0.46),
      detailWidth: 560,
      curlShell: windows ? 'powershell' : 'bash',
      snippetShell: windows ? 'powershell' : 'bash',
      app: '',
      inPort: '',
      outPort: '',
      insecureUpstream: false,
      recentFilters: [],
    }),
    { name: 'sidetap.preferences', version: 1 },
  ),
);

export function setPreferences(change: Partial<Preferences> | ((before: Preferences) => Partial<Preferences>)): void {
  usePreferences.setState(change);
}
