import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Shell, SnippetShell } from '../../proxy-core/rrpair/results.ts';
import { type SavedFilter, savedFrom } from '../filter/saved.ts';
import { type ColumnChoice, usualColumns } from '../list/columns.ts';

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
  savedFilters: readonly SavedFilter[];
  columns: ColumnChoice;
  rowHeight: 'compact' | 'comfortable';
  /** The traffic over time stands above the list. */
  histogram: boolean;
  /** The list, what it holds by host and path, or who calls whom. */
  listView: 'list' | 'paths' | 'map';
  /** A container was switched before: the words for the first time are not shown any more. */
  knowsContainers: boolean;
  /** Compose projects that were folded up (true) or unfolded by hand; empty text: containers of no project. */
  projectFolds: Readonly<Record<string, boolean>>;
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
      savedFilters: [],
      columns: usualColumns,
      rowHeight: 'comfortable',
      histogram: true,
      listView: 'list',
      knowsContainers: false,
      projectFolds: {},
    }),
    {
      name: 'sidetap.preferences',
      version: 2,
      // The first version had filters without names.
      migrate: (kept) => {
        const { savedFilters, ...others } = kept as Preferences;
        return { ...others, savedFilters: savedFrom(savedFilters) };
      },
    },
  ),
);

export function setPreferences(change: Partial<Preferences> | ((before: Preferences) => Partial<Preferences>)): void {
  usePreferences.setState(change);
}
