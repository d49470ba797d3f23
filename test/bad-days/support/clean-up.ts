const undos: (() => unknown)[] = [];

export function onCleanUp(undo: () => unknown): void {
  undos.push(undo);
}

/** To be called in `afterEach` or `afterAll`: undoes everything that was set up since the last time, last first. */
export async function cleanUp(): Promise<void> {
  for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) await undo();
}
