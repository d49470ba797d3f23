import { keyLabel, onMac } from '../palette/keyNames.ts';

/** A place in the window, and what it is for. */
export interface TourStep {
  title: string;
  text: string;
  /** Where it is: the first that is on screen. */
  places: readonly string[];
  side: 'right' | 'bottom';
}

export const tourSteps: readonly TourStep[] = [
  {
    title: 'Choose what to watch',
    text: 'Your app by its port, a terminal or a browser with one click, or a container that runs already. Each has its switch here.',
    // A narrow window has put them away behind this button.
    places: ['.sources-body', '.top-bar button[aria-expanded]'],
    side: 'right',
  },
  {
    title: 'Find the request you mean',
    text: 'Everything that goes in or out appears below as it happens. Type a word here, or a condition such as status:>=500.',
    places: ['.top-bar .filter'],
    side: 'bottom',
  },
  {
    title: 'All of it by keyboard',
    text: `${keyLabel('Mod+k', onMac())} finds every command, ? shows the keys. Export, import and preferences are in this menu too.`,
    places: ['.top-bar button[aria-label="More"]'],
    side: 'bottom',
  },
];

/** The element of a step; null when none of its places is on screen. */
export function placeOf({ places }: TourStep): HTMLElement | null {
  for (const selector of places) {
    const element = document.querySelector<HTMLElement>(selector);
    if (element !== null && element.checkVisibility()) return element;
  }
  return null;
}

/** A button of the toolbar, which stands in for what a narrow window has put away, has its words below. */
export function sideOf(step: TourStep): TourStep['side'] {
  return placeOf(step)?.closest('.top-bar') instanceof Element ? 'bottom' : step.side;
}
