import { create } from 'zustand';

/** Id of the field's element, for those who give it the focus. */
export const FILTER_ID = 'filter';

export interface FilterState {
  /** What stands in the field. */
  draft: string;
  /** What is wrong with it and where; null when it is in force or being checked. */
  fault: { message: string; column: number } | null;
  /** The language's page is open. */
  help: boolean;
  /** The kept filters are shown, to be named, renamed and forgotten. */
  saved: boolean;
}

export const useFilter = create<FilterState>(() => ({ draft: '', fault: null, help: false, saved: false }));
