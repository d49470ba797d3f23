import { app, session, shell } from 'electron';
import { isOurs, isWebAddress } from './addresses.ts';

/** What the window needs beyond a page's own: copying text. Everything else is refused. */
const ALLOWED_PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/**
 * Locks every page to the engine's origin: what was captured is hostile, and may be shown as text but never become a page of ours.
 * `origin` tells the engine's address of this moment.
 */
export function setupSecurity(origin: () => string | null): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.setWindowOpenHandler(({ url }) => {
      openInBrowser(url);
      return { action: 'deny' };
    });
    contents.on('will-navigate', (event, url) => {
      if (isOurs(url, origin())) return;
      event.preventDefault();
      openInBrowser(url);
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** Sessions exist once the app is ready. */
export function setupPermissions(origin: () => string | null): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(ALLOWED_PERMISSIONS.has(permission) && isOurs(details.requestingUrl, origin()));
  });
  session.defaultSession.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin) => ALLOWED_PERMISSIONS.has(permission) && isOurs(requestingOrigin, origin()),
  );
  session.defaultSession.setDevicePermissionHandler(() => false);
}

/** Opens a web address in the user's browser; an address of any other kind (file:, javascript:, an app's own) is dropped. */
export function openInBrowser(url: string): void {
  if (!isWebAddress(url)) return;
  shell.openExternal(url).catch((error: unknown) => {
    console.error('no browser could be opened', error);
  });
}
