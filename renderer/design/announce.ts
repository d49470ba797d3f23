import { create } from 'zustand';

interface Announcement {
  text: string;
  /** Changes with every announcement, so that the same text is read out again. */
  turn: number;
}

export const useAnnouncement = create<Announcement>(() => ({ text: '', turn: 0 }));

/** Tells a screen reader what happened, without moving the focus. */
export function announce(text: string): void {
  useAnnouncement.setState(({ turn }) => ({ text, turn: turn + 1 }));
}
