import { create } from 'zustand';

export interface MarksState {
  /** The pair whose note is being written in the details; null while none is. */
  editing: number | null;
  /** The writing was begun by a button, which takes the focus back when it ends. */
  byButton: boolean;
  /** Pairs for which a note is being written in a dialog, and what it says so far; null while that is closed. */
  dialog: { ids: readonly number[]; note: string } | null;
}

export const useMarks = create<MarksState>(() => ({ editing: null, byButton: false, dialog: null }));
