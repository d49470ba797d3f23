import { create } from 'zustand';
import { announce } from './announce.ts';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'ok' | 'bad';
  action?: { label: string; run: () => void };
  /** 0…1 while something long is being done; null when how much there is to do is not known. */
  progress?: number | null;
}

const SHOWN_MILLIS = 4_000;
const WITH_ACTION_MILLIS = 12_000;
const MOST = 4;

export const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }));

let nextId = 1;

/** Shows a message at the edge of the window; it leaves by itself unless it shows progress. Returns its id. */
export function toast(message: Omit<Toast, 'id'>): number {
  const id = nextId++;
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts, { ...message, id }].slice(-MOST) }));
  announce(message.text);
  if (message.progress === undefined) {
    setTimeout(() => dismissToast(id), message.action === undefined ? SHOWN_MILLIS : WITH_ACTION_MILLIS);
  }
  return id;
}

export function updateToast(id: number, change: Partial<Omit<Toast, 'id'>>): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.map((entry) => (entry.id === id ? { ...entry, ...change } : entry)) }));
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((entry) => entry.id !== id) }));
}
