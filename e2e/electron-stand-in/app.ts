import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App, CommandLine } from 'electron';
import type { Cdp } from './cdp.ts';
import { startChromium } from './chromium.ts';
import { PreventableEvent } from './preventable-event.ts';
import { takeSingleInstanceLock } from './single-instance.ts';

interface Description {
  name: string;
  version: string;
  path: string;
  packaged: boolean;
}

type Implemented =
  | 'exit'
  | 'getAppPath'
  | 'getName'
  | 'getVersion'
  | 'isReady'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'releaseSingleInstanceLock'
  | 'isPackaged'
  | 'setAppUserModelId'
  | 'setAboutPanelOptions'
  | 'showAboutPanel'
  | 'focus'
  | 'enableSandbox';

export class StandInApp extends EventEmitter implements Pick<App, Implemented> {
  readonly commandLine: Pick<CommandLine, 'appendSwitch' | 'hasSwitch' | 'getSwitchValue'> = {
    appendSwitch: () => undefined,
    hasSwitch: (name) => process.argv.some((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`)),
    getSwitchValue: (name) => process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '',
  };
  /** Closes every window; false when one of them refused. Set by the windows, which this must not import. */
  closeAllWindows: () => boolean = () => true;

  readonly #ready = Promise.withResolvers<void>();
  readonly #paths = new Map<string, string>();
  #description: Description = { name: 'Electron', version: '0.0.0', path: '.', packaged: false };
  #started: Promise<void> | undefined;
  #cdp: Cdp | null = null;
  #quitting = false;

  describe(description: Description): void {
    this.#description = description;
  }

  /** Starts Chromium and makes the app ready, once. */
  start(): Promise<void> {
    this.#started ??= startChromium(this.getPath('userData')).then((cdp) => {
      this.#cdp = cdp;
      this.#ready.resolve();
      this.emit('ready', {}, {});
    });
    return this.#started;
  }

  get cdp(): Cdp {
    if (this.#cdp === null) throw new Error('Cannot create BrowserWindow before app is ready');
    return this.#cdp;
  }

  get isPackaged(): boolean {
    return this.#description.packaged;
  }

  get isQuitting(): boolean {
    return this.#quitting;
  }

  get name(): string {
    return this.#description.name;
  }

  whenReady(): Promise<void> {
    return this.#ready.promise;
  }

  isReady(): boolean {
    return this.#cdp !== null;
  }

  getName(): string {
    return this.#description.name;
  }

  getVersion(): string {
    return this.#description.version;
  }

  getAppPath(): string {
    return this.#description.path;
  }

  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  getPath(name: string): string {
    const userData = this.commandLine.getSwitchValue('user-data-dir') || join(tmpdir(), 'electron-stand-in-user-data');
    return this.#paths.get(name) ?? (name === 'userData' ? userData : join(userData, name));
  }

  requestSingleInstanceLock(): boolean {
    return takeSingleInstanceLock(this.getPath('userData'), ({ argv, workingDirectory }) => {
      this.emit('second-instance', {}, argv, workingDirectory, null);
    });
  }

  releaseSingleInstanceLock(): void {
    throw new Error('the stand-in does not release its lock');
  }

  setAppUserModelId(): void {}

  setAboutPanelOptions(): void {}

  showAboutPanel(): void {}

  focus(): void {}

  enableSandbox(): void {}

  quit(): void {
    const before = new PreventableEvent();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this.#quitting = true;
    if (!this.closeAllWindows()) {
      this.#quitting = false;
      return;
    }
    const will = new PreventableEvent();
    this.emit('will-quit', will);
    if (!will.defaultPrevented) this.exit(0);
  }

  exit(code: number = 0): void {
    this.emit('quit', {}, code);
    process.exit(code);
  }
}
