import { useEffect, useState } from 'react';
import type { BodyForm, MessageSide } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { bodyFrom } from '../../api/download.ts';
import { engine } from '../../api/engine.ts';
import { type BodyPlace, fromBase64 } from './bytes.ts';

export interface LoadedBody {
  /** All of it. A blob, because the browser keeps those outside of the window's memory; null until it is there. */
  blob: Blob | null;
  /** Its first bytes, by which it can be recognised. */
  start: Uint8Array<ArrayBuffer>;
  loaded: number;
  total: number;
  complete: boolean;
  problem: string;
  /** There is more than is loaded without being asked. */
  waiting: boolean;
}

/** Bytes that are asked for with what is known of the body; longer ones come as they are, and beside the window's thread. */
const PART_BYTES = 393_216;
/** Bodies up to this size load by themselves. */
const UNASKED_BYTES = 67_108_864;
const START_BYTES = 256;

const nothing: LoadedBody = {
  blob: null,
  start: new Uint8Array(0),
  loaded: 0,
  total: 0,
  complete: true,
  problem: '',
  waiting: false,
};

async function load(
  what: { id: number; side: MessageSide; form: BodyForm; snapshot?: string },
  everything: boolean,
  signal: AbortSignal,
  tell: (state: LoadedBody) => void,
): Promise<void> {
  const first = await engine().pairs.body({ ...what, offset: 0, length: PART_BYTES }, { signal });
  const part = fromBase64(first.base64);
  const { totalBytes: total, complete, problem } = first;
  const known: LoadedBody = { ...nothing, start: part.slice(0, START_BYTES), loaded: part.length, total, complete, problem };
  if (!everything && total > UNASKED_BYTES) {
    tell({ ...known, waiting: true });
    return;
  }
  const start = new Blob([part]);
  if (part.length >= total) {
    tell({ ...known, blob: start });
    return;
  }
  tell(known);
  const rest = await bodyFrom(what, part.length, signal, (loaded) => tell({ ...known, loaded }));
  tell({ ...known, loaded: part.length + rest.size, blob: new Blob([start, rest]) });
}

/**
 * The body of a message, loaded part by part. `version` changes when the body did (it is still coming in).
 */
export function useBody({ id, side, snapshot }: BodyPlace, form: BodyForm, version: string, everything: boolean): LoadedBody {
  const [state, setState] = useState<{ key: string; body: LoadedBody }>({ key: '', body: nothing });
  const key = `${snapshot ?? ''} ${id} ${side} ${form}`;
  useEffect(() => {
    const stop = new AbortController();
    const tell = (body: LoadedBody): void => {
      if (!stop.signal.aborted) setState({ key, body });
    };
    load({ id, side, form, ...(snapshot === undefined ? {} : { snapshot }) }, everything, stop.signal, tell).catch(
      (error: unknown) => {
        if (!isAbort(error)) tell({ ...nothing, problem: sentenceOf(error) });
      },
    );
    return () => stop.abort();
  }, [key, id, side, snapshot, form, version, everything]);
  return state.key === key ? state.body : nothing;
}
