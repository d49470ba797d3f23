import { EventEmitter } from 'node:events';
import type {
  Dialog,
  MenuItemConstructorOptions,
  NativeImage,
  NativeTheme,
  OpenDialogReturnValue,
  Rectangle,
  SaveDialogReturnValue,
  Screen,
  Shell,
} from 'electron';

/** The parts of the desktop that only a person can see. They keep what the app did with them, so that a test can look. */

export interface StandInMenuItem extends MenuItemConstructorOptions {
  menu?: StandInMenu;
}

export class StandInMenu {
  readonly items: StandInMenuItem[];

  private constructor(items: StandInMenuItem[]) {
    this.items = items;
  }

  static #applicationMenu: StandInMenu | null = null;

  static buildFromTemplate(template: readonly MenuItemConstructorOptions[]): StandInMenu {
    return new StandInMenu(
      template.map((item) => ({
        ...item,
        ...(Array.isArray(item.submenu) ? { menu: StandInMenu.buildFromTemplate(item.submenu) } : {}),
      })),
    );
  }

  static setApplicationMenu(menu: StandInMenu | null): void {
    StandInMenu.#applicationMenu = menu;
  }

  static getApplicationMenu(): StandInMenu | null {
    return StandInMenu.#applicationMenu;
  }

  getMenuItemById(id: string): StandInMenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.menu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}

export class StandInTray extends EventEmitter {
  static readonly all = new Set<StandInTray>();
  readonly image: unknown;
  toolTip = '';
  menu: StandInMenu | null = null;

  constructor(image: unknown) {
    super();
    this.image = image;
    StandInTray.all.add(this);
  }

  setToolTip(text: string): void {
    this.toolTip = text;
  }

  setContextMenu(menu: StandInMenu | null): void {
    this.menu = menu;
  }

  setImage(): void {}

  destroy(): void {
    StandInTray.all.delete(this);
  }
}

type StandInImage = Pick<NativeImage, 'isEmpty' | 'setTemplateImage'> & { path: string };

export const nativeImage = {
  createFromPath(path: string): StandInImage {
    return { path, isEmpty: () => false, setTemplateImage: () => undefined };
  },
};

/** Nobody is there to answer: a test puts its own functions here. */
export const dialog: Pick<Dialog, 'showErrorBox' | 'showMessageBox'> & {
  showSaveDialog: () => Promise<SaveDialogReturnValue>;
  showOpenDialog: () => Promise<OpenDialogReturnValue>;
} = {
  showSaveDialog: () => Promise.resolve({ canceled: true, filePath: '' }),
  showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] }),
  showMessageBox: () => Promise.resolve({ response: 0, checkboxChecked: false }),
  showErrorBox: (title, content) => {
    process.stderr.write(`${title}: ${content}\n`);
  },
};

export const opened: string[] = [];

export const shell: Pick<Shell, 'openExternal' | 'showItemInFolder'> & { opened: string[] } = {
  opened,
  openExternal: (url) => {
    opened.push(url);
    return Promise.resolve();
  },
  showItemInFolder: () => undefined,
};

const workArea: Rectangle = { x: 0, y: 0, width: 1920, height: 1080 };

export const screen: Pick<Screen, never> & {
  getAllDisplays: () => Array<{ workArea: Rectangle }>;
  getPrimaryDisplay: () => { workArea: Rectangle };
} = {
  getAllDisplays: () => [{ workArea }],
  getPrimaryDisplay: () => ({ workArea }),
};

export const nativeTheme: Pick<NativeTheme, 'shouldUseDarkColors' | 'themeSource'> = Object.assign(new EventEmitter(), {
  shouldUseDarkColors: false,
  themeSource: 'system' as const,
});

/** Where there is no desktop nobody sees it: a test puts its own function in place of `show`. */
export class StandInNotification extends EventEmitter {
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: { title?: string; body?: string }) {
    super();
    this.title = title;
    this.body = body;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    this.emit('show');
  }
}
