import { create } from 'zustand';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../api/client.ts';
import { engine } from '../api/engine.ts';
import { announce } from '../design/announce.ts';
import { formatMs } from '../design/format.ts';
import { toast } from '../design/toasts.ts';
import { fromBase64 } from '../detail/body/bytes.ts';
import { openDetail, reloadDetail, useDetail } from '../detail/store.ts';
import { selectPair } from '../list/actions.ts';
import { refuseInSnapshot } from '../list/snapshot.ts';
import { useReplay } from '../replay/actions.ts';
import { type Draft, draftOfCurl, draftOfPair, emptyDraft, MOST_BODY_BYTES, type RecordedBody, requestOf, utf8 } from './draft.ts';

interface ComposeState {
  /** What is being written; null while nothing is. */
  draft: Draft | null;
  /** The recorded pair that it began with; null when it was begun from scratch. */
  original: number | null;
  /** The recorded pair and what was sent since, the newest first. */
  versions: readonly number[];
  /** The version whose request was put into the fields. */
  version: number | null;
  /** What of a pasted command was not understood, as sentences. */
  notes: readonly string[];
  problem: string;
  sending: boolean;
}

const closed: ComposeState = { draft: null, original: null, versions: [], version: null, notes: [], problem: '', sending: false };

export const useCompose = create<ComposeState>(() => closed);

let stop = new AbortController();

export function closeCompose(): void {
  stop.abort();
  useCompose.setState(closed);
}

export function compose(): void {
  useCompose.setState({ ...closed, draft: emptyDraft() });
}

export function changeDraft(change: Partial<Draft>): void {
  useCompose.setState(({ draft }) => (draft === null ? {} : { draft: { ...draft, ...change }, problem: '' }));
}

async function recordedBody({ id, request }: PairDetail): Promise<RecordedBody | null> {
  if (request.payloadBytes === 0) return null;
  const body = { of: id, bytes: request.payloadBytes, text: null, contentEncoding: request.contentEncoding };
  const slice = await engine().pairs.body({ id, side: 'request', form: 'decoded', offset: 0, length: MOST_BODY_BYTES });
  if (slice.problem !== '' || !slice.complete || slice.totalBytes > MOST_BODY_BYTES) return body;
  return { ...body, text: utf8(fromBase64(slice.base64)) };
}

/** Puts the request of a pair into the fields. */
export async function loadVersion(id: number): Promise<void> {
  try {
    const pair = await engine().pairs.get({ id });
    const original = pair.replayOf ?? pair.id;
    const { replays } = original === id ? pair : await engine().pairs.get({ id: original });
    const draft = draftOfPair(pair, await recordedBody(pair));
    useCompose.setState({ ...closed, draft, original, version: id, versions: [...replays.toSorted((a, b) => b - a), original] });
  } catch (error) {
    toast({ text: sentenceOf(error), tone: 'bad' });
  }
}

/** Opens the request of a pair for changing it. Where the answer to a changed one is shown, that one goes on. */
export function editPair(id: number): Promise<void> {
  if (refuseInSnapshot()) return Promise.resolve();
  const { detail, tab } = useDetail.getState();
  const { shown } = useReplay.getState();
  const goesOn = detail?.id === id && tab === 'replay' && shown !== null && detail.replays.includes(shown);
  return loadVersion(goesOn ? shown : id);
}

/** Fills the fields from a curl command. */
export async function pasteCurl(command: string): Promise<boolean> {
  try {
    const parsed = await engine().compose.parseCurl({ command });
    useCompose.setState({ draft: draftOfCurl(parsed), notes: parsed.notes, problem: '' });
    announce(parsed.notes.length === 0 ? 'The command was taken over' : parsed.notes.join(' '));
    return true;
  } catch (error) {
    useCompose.setState({ problem: sentenceOf(error) });
    return false;
  }
}

/** Sends what is written, and opens the answer: beside the recorded one where there is one. */
export async function sendDraft(): Promise<void> {
  const { draft, original, sending } = useCompose.getState();
  if (draft === null || sending) return;
  const own = new AbortController();
  stop = own;
  useCompose.setState({ sending: true, problem: '' });
  try {
    const request = requestOf(draft);
    const { pair, diff } = await engine().compose.send(original === null ? request : { ...request, replayOf: original }, {
      signal: own.signal,
    });
    if (own.signal.aborted) return;
    useCompose.setState(closed);
    const took = pair.latencyMs === null ? '' : ` in ${formatMs(pair.latencyMs)}`;
    const differs = diff === null ? '' : diff.equal ? '; the answer is the same' : '; the answer differs';
    announce(`Sent: ${pair.status}${took}${differs}`);
    if (original !== null) useReplay.setState({ shown: pair.id });
    selectPair(original ?? pair.id);
    openDetail(original === null ? 'response' : 'replay');
    reloadDetail();
  } catch (error) {
    if (!own.signal.aborted && !isAbort(error)) useCompose.setState({ problem: sentenceOf(error), sending: false });
  }
}
