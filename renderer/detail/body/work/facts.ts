/** What is known of bytes beside themselves. */
export interface BodyFacts {
  /** Lower case, without parameters. */
  mediaType: string;
  /** The whole Content-Type, as sent; empty when there was none. */
  contentType: string;
  /** As the sender named it; empty when it did not. */
  charset: string;
  /** There was more of them, which was not kept; absent: no. */
  cut?: boolean;
}

/** A parameter of a Content-Type or Content-Disposition, quotes removed; empty when it has none. */
export function parameter(value: string, name: string): string {
  const wanted = name.toLowerCase();
  const pattern = /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;
  for (let found = pattern.exec(value); found !== null; found = pattern.exec(value)) {
    if (found[1]?.toLowerCase() !== wanted) continue;
    return found[2] !== undefined ? found[2].replace(/\\(.)/g, '$1') : (found[3] ?? '').trim();
  }
  return '';
}
