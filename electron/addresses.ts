/** Which addresses the shell deals with. */

/** An address that a browser may be asked to open: no file, no script, no program's own scheme. */
export function isWebAddress(url: string): boolean {
  return ['http:', 'https:'].includes(URL.parse(url)?.protocol ?? '');
}

/** Whether a page belongs to the engine that listens at `origin`; to none while there is no engine. */
export function isOurs(url: string, origin: string | null): boolean {
  return origin !== null && URL.parse(url)?.origin === origin;
}
