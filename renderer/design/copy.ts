import { announce } from './announce.ts';
import { toast } from './toasts.ts';

/** Puts text on the clipboard and says so. Resolves to whether it could. */
export async function copyText(text: string, what: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} copied`);
    return true;
  } catch {
    // The browser refuses when the page has no focus or the user denied it; nothing is lost, so a sentence is enough.
    toast({ text: `${what} could not be copied: the browser denied access to the clipboard.`, tone: 'bad' });
    return false;
  }
}
