/** What the preload script adds to the page as `window.sidetapDesktop`: what a browser lacks, and nothing more. */
export interface DesktopBridge {
  /** `process.platform` of the desktop app. */
  readonly platform: string;
  /** Asks where to save, and saves. Resolves to the path, or to null when the user thought better of it. */
  saveFile(name: string, content: string | Uint8Array): Promise<string | null>;
  /** Opens a web address in the user's browser. */
  openExternal(url: string): Promise<void>;
}

/** Names of the calls from the page to the main process. */
export const channels = { saveFile: 'sidetap:save-file', openExternal: 'sidetap:open-external' } as const;
