const KEY = 'sidetap.exportFolder';

/** Everything up to the last separator, that included; empty where there is none. */
export function folderOf(path: string): string {
  return /^.*[\\/]/s.exec(path)?.[0] ?? '';
}

/** A file of a name beside where `path` is. */
export function pathIn(path: string, name: string): string {
  return folderOf(path) + name;
}

/** The user's home where the engine's folder is in it, else that folder, with a separator at its end: both are there. */
export function homeOf(dataDir: string): string {
  const home = /^(?:\/(?:home|Users)\/[^/]+\/|\/root\/|[a-z]:\\Users\\[^\\]+\\)/i.exec(dataDir)?.[0];
  if (home !== undefined) return home;
  const separator = dataDir.includes('\\') ? '\\' : '/';
  return dataDir.endsWith(separator) ? dataDir : dataDir + separator;
}

/** Where was exported to last, with a separator at its end; at first a folder that is there. */
export function lastFolder(dataDir: string): string {
  return localStorage.getItem(KEY) ?? homeOf(dataDir);
}

export function rememberFolder(path: string): void {
  localStorage.setItem(KEY, folderOf(path.trim()));
}
