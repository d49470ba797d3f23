import { create } from 'zustand';
import type { Masking } from '../../proxy-core/rrpair/masking.ts';
import type { SettingsView } from '../../proxy-core/rrpair/settings.ts';

export type Section = 'general' | 'capture' | 'secrets' | 'names';

interface SettingsState {
  open: boolean;
  section: Section;
  /** Null until the engine has told them. */
  view: SettingsView | null;
  masking: Masking | null;
  /** Why they could not be had, as a sentence; empty when they could. */
  problem: string;
  /** Takes back what was saved last; null when there is nothing to take back. */
  undo: (() => Promise<void>) | null;
}

/** The engine's settings as last told, and the dialog that shows them. */
export const useSettings = create<SettingsState>(() => ({
  open: false,
  section: 'general',
  view: null,
  masking: null,
  problem: '',
  undo: null,
}));

/** Opens them, where they were left or at a section. */
export function showPreferences(section?: Section): void {
  useSettings.setState({ open: true, undo: null, ...(section === undefined ? {} : { section }) });
}
