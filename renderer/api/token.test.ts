import { describe, expect, it } from 'vitest';
import { takeToken } from './token.ts';

function browser(
  url: string,
  kept: Record<string, string> = {},
): { args: Parameters<typeof takeToken>; address: () => string; store: Map<string, string> } {
  const at = new URL(url);
  const store = new Map(Object.entries(kept));
  let address = url;
  const history = {
    state: null,
    replaceState: (_state: unknown, _title: string, next: string) => {
      address = new URL(next, at).href;
    },
  };
  const storage = {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  };
  return {
    args: [
      { hash: at.hash, pathname: at.pathname, search: at.search } as Location,
      history as unknown as History,
      storage as unknown as Storage,
    ],
    address: () => address,
    store,
  };
}

describe('takeToken', () => {
  it('takes the token out of the address bar and keeps it for a reload', () => {
    const first = browser('http://127.0.0.1:1234/#token=se-cr_et');
    expect(takeToken(...first.args)).toBe('se-cr_et');
    expect(first.address()).toBe('http://127.0.0.1:1234/');
    const reloaded = browser('http://127.0.0.1:1234/', Object.fromEntries(first.store));
    expect(takeToken(...reloaded.args)).toBe('se-cr_et');
  });

  it('prefers a new token over the one kept', () => {
    const again = browser('http://127.0.0.1:1234/#token=new', { 'sidetap.token': 'old' });
    expect(takeToken(...again.args)).toBe('new');
    expect(again.store.get('sidetap.token')).toBe('new');
  });

  it('has none where none was given', () => {
    expect(takeToken(...browser('http://127.0.0.1:1234/').args)).toBe('');
  });
});
