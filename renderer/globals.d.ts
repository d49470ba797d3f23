/** What the desktop app adds to a browser. Absent in a plain browser. */
interface SidetapDesktop {
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
  /** Opens an address in the user's browser. */
  openExternal(url: string): Promise<void>;
}

interface Window {
  readonly sidetapDesktop?: SidetapDesktop;
}
