import { useEffect, useState } from 'react';
import { type LayoutRequest, type LayoutResult, layout } from './layout.ts';

/** Characters that are laid out at once; more go to a thread of their own. */
const AT_ONCE_CHARS = 150_000;

/** The lines of a text; null until they are there. */
export function useLayout(text: string | null, json: boolean): LayoutResult | null {
  const [state, setState] = useState<{ text: string; json: boolean; result: LayoutResult } | null>(null);
  useEffect(() => {
    if (text === null) return undefined;
    const request: LayoutRequest = { text, json };
    if (text.length <= AT_ONCE_CHARS) {
      setState({ ...request, result: layout(request) });
      return undefined;
    }
    const thread = new Worker(new URL('./layoutThread.ts', import.meta.url), { type: 'module' });
    thread.addEventListener('message', (event: MessageEvent<LayoutResult>) => setState({ ...request, result: event.data }));
    // Where a thread cannot be had the text is laid out here: slower, but shown.
    thread.addEventListener('error', () => setState({ ...request, result: layout(request) }));
    thread.postMessage(request);
    return () => thread.terminate();
  }, [text, json]);
  return state !== null && state.text === text && state.json === json ? state.result : null;
}
