const KEY = 'sidetap.token';

/**
 * The token of this run: from the fragment of the address, where no server, log or referrer sees it. It is taken out of the address bar
 * at once and kept for this tab only, so that reloading works.
 */
export function takeToken(location: Location, history: History, storage: Storage): string {
  const given = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
  if (given !== '') {
    storage.setItem(KEY, given);
    history.replaceState(history.state, '', `${location.pathname}${location.search}`);
  }
  return given !== '' ? given : (storage.getItem(KEY) ?? '');
}
