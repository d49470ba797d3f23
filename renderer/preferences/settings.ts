import type { MaskingRules } from '../../proxy-core/rrpair/masking.ts';
import type { Settings } from '../../proxy-core/rrpair/settings.ts';
import { isLost, sentenceOf } from '../api/client.ts';
import { engine, useEngine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { setQuestion } from '../list/actions.ts';
import { useSettings } from './store.ts';

/** The theme is kept in the browser too: it has to hold before the engine has answered. */
const THEME_KEY = 'sidetap.theme';

function showTheme(theme: Settings['theme']): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
}

/** Asks for the settings and the masking rules; others may have changed them. */
export async function loadSettings(): Promise<void> {
  try {
    const [view, masking] = await Promise.all([engine().settings.get(), engine().redact.rules()]);
    const first = useSettings.getState().view === null;
    useSettings.setState({ view, masking, problem: '' });
    if (first && !view.settings.noise.hidden) setQuestion({ noise: true });
  } catch (error) {
    if (!isLost(error)) useSettings.setState({ problem: sentenceOf(error) });
  }
}

/** What went wrong stands at the field, so it is answered: as a sentence, empty when it is saved. */
type Saved = Promise<string>;

async function save<Value>(before: Value, next: Value, put: (value: Value) => Promise<void>): Saved {
  if (JSON.stringify(before) === JSON.stringify(next)) return '';
  try {
    await put(next);
  } catch (error) {
    return sentenceOf(error);
  }
  useSettings.setState({
    undo: async () => {
      try {
        await put(before);
        useSettings.setState({ undo: null });
        announce('Taken back');
      } catch (error) {
        useSettings.setState({ problem: sentenceOf(error) });
      }
    },
  });
  announce('Saved');
  return '';
}

/** Changes settings; they hold at once, ports from the next start of capture on. */
export async function changeSettings(change: (before: Settings) => Settings): Saved {
  const before = useSettings.getState().view?.settings;
  if (before === undefined) return 'The settings are not known yet.';
  return save(before, change(before), async (settings) => {
    useSettings.setState({ view: await engine().settings.save(settings) });
    if (settings.noise.hidden !== before.noise.hidden) setQuestion({ noise: !settings.noise.hidden });
  });
}

/** Changes the user's masking rules. */
export async function changeMasking(change: (before: MaskingRules) => MaskingRules): Saved {
  const before = useSettings.getState().masking?.user;
  if (before === undefined) return 'The rules are not known yet.';
  return save(before, change(before), async (rules) => {
    useSettings.setState({ masking: await engine().redact.save(rules) });
  });
}

/** Keeps the settings known and the theme in force for as long as the window is open. */
export function startSettings(): void {
  const kept = localStorage.getItem(THEME_KEY);
  if (kept === 'light' || kept === 'dark') showTheme(kept);
  useSettings.subscribe(({ view }, before) => {
    if (view === null || view === before.view) return;
    const { theme } = view.settings;
    localStorage.setItem(THEME_KEY, theme);
    showTheme(theme);
  });
  useEngine.subscribe((now, before) => {
    if (now.client !== before.client && now.client !== null) void loadSettings();
  });
}
