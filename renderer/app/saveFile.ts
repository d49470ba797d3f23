import { sentenceOf } from '../api/client.ts';
import { toast } from '../design/toasts.ts';

/** Time until the browser has surely taken the file, ms. */
const RELEASE_MILLIS = 60_000;

/** A name that is one on every system. */
function safeName(name: string): string {
  return name.replace(/[^\w.\- ]+/g, '_').replace(/^\.+/, '') || 'file';
}

/** Saves where the user says (desktop app), or as a download (browser). Resolves to whether it was saved. */
export async function saveFile(name: string, parts: readonly (string | Uint8Array<ArrayBuffer>)[], type: string): Promise<boolean> {
  const blob = new Blob([...parts], { type });
  const desktop = window.sidetapDesktop;
  if (desktop !== undefined) {
    try {
      const path = await desktop.saveFile(safeName(name), new Uint8Array(await blob.arrayBuffer()));
      if (path === null) return false;
      toast({ text: `Saved to ${path}`, tone: 'ok' });
      return true;
    } catch (error) {
      toast({ text: `The file could not be saved. ${sentenceOf(error)}`, tone: 'bad' });
      return false;
    }
  }
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = safeName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), RELEASE_MILLIS);
  toast({ text: `${safeName(name)} is in your downloads`, tone: 'ok' });
  return true;
}
