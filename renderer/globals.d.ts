declare module '*.css';

/** What the desktop app adds to a browser. Absent in a plain browser. */
interface SidetapDesktop {
  /** `process.platform` of the desktop app. */
  readonly platform: string;
  /** Asks where to save, and saves. Resolves to the path, or to null when the user thought better of it. */
  saveFile(name: string, content: string | Uint8Array): Promise<string | null>;
  /** Opens an address in the user's browser. */
  openExternal(url: string): Promise<void>;
}

interface Window {
  readonly sidetapDesktop?: SidetapDesktop;
}
