const cleanups: (() => unknown)[] = [];

/** To be called in `afterEach`: undoes everything that was set up, last first. */
export async function cleanUp(): Promise<void> {
  const errors: unknown[] = [];
  for (let undo = cleanups.pop(); undo !== undefined; undo = cleanups.pop()) {
    // One that fails must not leave the namespaces of all others behind.
    await Promise.resolve(undo()).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, 'what a test had set up could not be undone');
}

export function onCleanUp(undo: () => unknown): void {
  cleanups.push(undo);
}
