import { Notification } from 'electron';
import type { EngineLink } from './engine-link.ts';
import { type Trouble, Troubles } from './troubles.ts';

/** Shows troubles as notifications of the system, unless the settings say not to; a click brings the window, which says more. */
export function setupNotifications(link: EngineLink, show: () => void): void {
  if (!Notification.isSupported()) return;
  const troubles = new Troubles();
  /** Kept: a notification that is collected does not hear clicks. */
  const shown = new Map<Trouble['id'], Notification>();
  const tell = async (begun: readonly Trouble[]): Promise<void> => {
    const view = await link.client?.settings.get();
    if (view?.settings.notifications.on === false) return;
    for (const { id, title, text } of begun) {
      const notification = new Notification({ title: `Sidetap: ${title}`, body: text });
      notification.on('click', show);
      notification.show();
      shown.set(id, notification);
    }
  };
  link.on('status', (status) => {
    if (status === null) return;
    const begun = troubles.begun(status, performance.now());
    if (begun.length > 0) tell(begun).catch((error: unknown) => console.error('a notification could not be shown', error));
  });
}
