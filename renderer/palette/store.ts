import { create } from 'zustand';

export const usePalette = create<{ open: boolean }>(() => ({ open: false }));

export function showPalette(): void {
  usePalette.setState({ open: true });
}

export function closePalette(): void {
  usePalette.setState({ open: false });
}
