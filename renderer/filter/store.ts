import { create } from 'zustand';

export interface FilterState {
  /** What stands in the field. */
  draft: string;
  /** What is wrong with it and where; null when it is in force or being checked. */
  fault: { message: string; column: number } | null;
}

export const useFilter = create<FilterState>(() => ({ draft: '', fault: null }));
