import { announce } from './announce.ts';
import { toast } from './toasts.ts';

/** Puts text on the clipboard and says so; a long one comes as a blob. Resolves to whether it could. */
export async function copyText(text: string | Blob | Promise<string | Blob>, what: string): Promise<boolean> {
  try {
    const ready = await text;
    if (typeof ready === 'string') await navigator.clipboard.writeText(ready);
    else await navigator.clipboard.write([new ClipboardItem({ 'text/plain': ready })]);
    announce(`${what} copied`);
    return true;
  } catch {
    // The browser refuses when the page has no focus or the user denied it; nothing is lost, so a sentence is enough.
    toast({ text: `${what} could not be copied: the browser denied access to the clipboard.`, tone: 'bad' });
    return false;
  }
}
