import { create } from 'zustand';
import { sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { toast } from '../design/toasts.ts';
import { useSettings } from '../preferences/store.ts';

interface TourState {
  /** Which step is shown, from 0; null while none is asked for: then the settings say whether the first is. */
  step: number | null;
  /** It was finished or skipped in this window, whatever becomes of the settings. */
  over: boolean;
}

export const useTour = create<TourState>(() => ({ step: null, over: false }));

/** Shows it from the beginning, to who has seen it too. */
export function startTour(): void {
  useTour.setState({ step: 0, over: false });
}

/** Finished or skipped: it does not come by itself again, in no window and after no restart. */
export async function endTour(): Promise<void> {
  useTour.setState({ step: null, over: true });
  const settings = useSettings.getState().view?.settings;
  if (settings === undefined || settings.tour.done) return;
  try {
    useSettings.setState({ view: await engine().settings.save({ ...settings, tour: { done: true } }) });
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}
