/** What the preload script adds to the page as `window.sidetapDesktop`: what a browser lacks, and nothing more. */
export interface DesktopBridge {
  /** `process.platform` of the desktop app. */
  readonly platform: string;
  /** Asks where to save, and saves. Resolves to the path, or to null when the user thought better of it. */
  saveFile(name: string, content: string | Uint8Array): Promise<string | null>;
  /** Asks where a file of this name is to be written, and writes nothing. Resolves to the path, or to null. */
  choosePath(name: string): Promise<string | null>;
  /** Asks for files to read. Resolves to their paths; none when the user thought better of it. */
  chooseFiles(): Promise<string[]>;
  /** Where a file is that was dropped onto the page; empty when it is nowhere. */
  pathOf(file: File): string;
  /** Opens a web address in the user's browser. */
  openExternal(url: string): Promise<void>;
}

/** Names of the calls from the page to the main process. */
export const channels = {
  saveFile: 'sidetap:save-file',
  choosePath: 'sidetap:choose-path',
  chooseFiles: 'sidetap:choose-files',
  openExternal: 'sidetap:open-external',
} as const;
