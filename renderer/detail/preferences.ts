import { create } from 'zustand';
import { persist } from 'zustand/middleware';

/** How the user likes the details. Kept by the browser; nothing of what was captured is in it but the paths that were marked. */
export interface DetailPreferences {
  /** Id of the form in which requests were copied last, see `copyFormats`. */
  copyFormat: string;
  /** Paths whose differences do not count when pairs are compared: `response.headers.etag`, `response.body.$.items[*].id`. */
  ignored: readonly string[];
}

/** Paths that are kept; whoever marks more loses the oldest. */
const MOST_IGNORED = 500;

export const useDetailPreferences = create<DetailPreferences>()(
  persist((): DetailPreferences => ({ copyFormat: 'curl-bash', ignored: [] }), { name: 'sidetap.detail', version: 1 }),
);

export function setCopyFormat(copyFormat: string): void {
  useDetailPreferences.setState({ copyFormat });
}

export function setIgnored(path: string, ignored: boolean): void {
  useDetailPreferences.setState((before) => {
    const others = before.ignored.filter((entry) => entry !== path);
    return { ignored: ignored ? [...others, path].slice(-MOST_IGNORED) : others };
  });
}
