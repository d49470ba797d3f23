import { useEffect, useState } from 'react';
import type { BodyForm, MessageSide } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { engine } from '../../api/engine.ts';
import { fromBase64 } from './bytes.ts';

export interface LoadedBody {
  bytes: Uint8Array<ArrayBuffer> | null;
  loaded: number;
  total: number;
  complete: boolean;
  problem: string;
  /** There is more than is loaded without being asked. */
  waiting: boolean;
}

const PART_BYTES = 2_097_152;
/** Bodies up to this size load by themselves. */
const UNASKED_BYTES = 8 * PART_BYTES;

const nothing: LoadedBody = { bytes: null, loaded: 0, total: 0, complete: true, problem: '', waiting: false };

async function load(
  what: { id: number; side: MessageSide; form: BodyForm },
  everything: boolean,
  signal: AbortSignal,
  tell: (state: LoadedBody) => void,
): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let state = nothing;
  for (;;) {
    const slice = await engine().pairs.body({ ...what, offset: state.loaded, length: PART_BYTES }, { signal });
    const part = fromBase64(slice.base64);
    parts.push(part);
    const { totalBytes: total, complete, problem } = slice;
    state = { bytes: null, loaded: state.loaded + part.length, total, complete, problem, waiting: false };
    if (part.length === 0 || state.loaded >= state.total) break;
    if (!everything && state.total > UNASKED_BYTES) {
      tell({ ...state, waiting: true });
      return;
    }
    tell(state);
  }
  const bytes = new Uint8Array(state.loaded);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  tell({ ...state, bytes });
}

/**
 * The body of a message, loaded part by part. `version` changes when the body did (it is still coming in).
 */
export function useBody(id: number, side: MessageSide, form: BodyForm, version: string, everything: boolean): LoadedBody {
  const [state, setState] = useState<{ key: string; body: LoadedBody }>({ key: '', body: nothing });
  const key = `${id} ${side} ${form}`;
  useEffect(() => {
    const stop = new AbortController();
    const tell = (body: LoadedBody): void => {
      if (!stop.signal.aborted) setState({ key, body });
    };
    load({ id, side, form }, everything, stop.signal, tell).catch((error: unknown) => {
      if (!isAbort(error)) tell({ ...nothing, problem: sentenceOf(error) });
    });
    return () => stop.abort();
  }, [key, id, side, form, version, everything]);
  return state.key === key ? state.body : nothing;
}
