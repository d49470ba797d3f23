/** Every limit of the desktop shell, with its unit and why. */
export const limits = {
  /** Time an engine has to say where it listens, ms: opening a store of many gigabytes after a crash takes a while. */
  engineReadyMillis: 60_000,
  /**
   * Time an engine has to end when the app quits, ms: what was changed at Docker is undone (20 s at most), open connections drain for 2 s, then the store
   * is closed.
   */
  engineStopMillis: 26_000,
  /** Waits before an engine that died is started again, ms; the last one repeats. */
  engineRestartMillis: [200, 500, 1_000, 2_000, 5_000],
  /** An engine that lived this long, ms, died of something new: waiting starts from the shortest again. */
  engineSettledMillis: 30_000,
  /** Engines that may die in a row, none of them settled, before the app gives up and says why. */
  engineAttempts: 5,
  /** Bytes of the engine's output that are kept for a look after it died. */
  engineLogBytes: 64 * 1_024,
  /** Waits before the shell connects to the engine again, ms. */
  reconnectMillis: 500,
  /** Shortest time between two questions for the captured containers, ms: their counts change all the time, the tray shows names. */
  containersMillis: 1_000,
  /** Wait before a page whose process has crashed is loaded again, ms. */
  reloadMillis: 1_000,
  /** Time that a trouble must have been away for before it counts as a new one, ms: a disk that fills and frees itself tells of one. */
  troubleOverMillis: 120_000,
  /** Quiet time after a move or resize before it is written down, ms. */
  windowStateMillis: 500,
  /** Characters of a file name that the window may propose; file systems end at 255 bytes. */
  fileNameChars: 200,
} as const;
