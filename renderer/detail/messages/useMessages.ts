import { useCallback, useEffect, useRef, useState } from 'react';
import type { Conversation, MessageRow } from '../../../proxy-core/rrpair/conversation.ts';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { isAbort, sentenceOf } from '../../api/client.ts';
import { engine } from '../../api/engine.ts';
import type { Sight } from '../../design/VirtualRows.tsx';
import { inSnapshot } from '../../list/snapshot.ts';
import { useProtos } from '../../protos/store.ts';

export interface MessageQuery {
  text: string;
  from: 'client' | 'server' | 'both';
}

export interface Messages {
  /** What holds for all of them; null until it is there. */
  conversation: Omit<Conversation, 'messages'> | null;
  /** The message at a place of the list; undefined while it is fetched. */
  at: (place: number) => MessageRow | undefined;
  onSight: (sight: Sight) => void;
  problem: string;
}

const PAGE = 200;
/** Pages kept; the rest is fetched again when it is looked at. */
const MOST_PAGES = 30;

/** The messages of a pair that match, page by page as they are looked at. Messages only ever come at the end, so a full page stays as it is. */
export function useMessages(detail: PairDetail, query: MessageQuery): Messages {
  const { id } = detail;
  /** What was read without them is read anew. */
  const names = useProtos((state) => state.version);
  const { text, from } = query;
  const of = `${String(id)} ${from} ${String(names)} ${text}`;
  const pages = useRef(new Map<number, MessageRow[]>());
  const sight = useRef({ first: 0, end: 1 });
  const wanted = useRef(new Set<number>());
  const asked = useRef<AbortController>(new AbortController());
  const [state, setState] = useState<{ of: string; conversation: Messages['conversation']; problem: string }>({
    of,
    conversation: null,
    problem: '',
  });
  const [, redraw] = useState(0);

  const fetchPage = useCallback(
    async (page: number): Promise<void> => {
      if (wanted.current.has(page)) return;
      wanted.current.add(page);
      const stop = asked.current;
      try {
        const found = await engine().pairs.messages(
          { id, text, from, offset: page * PAGE, limit: PAGE, ...inSnapshot() },
          { signal: stop.signal },
        );
        if (stop.signal.aborted || found === null) return;
        const { messages, ...conversation } = found;
        pages.current.set(page, messages);
        const oldest = pages.current.keys().next().value;
        if (pages.current.size > MOST_PAGES && oldest !== undefined) pages.current.delete(oldest);
        setState({ of, conversation, problem: '' });
        redraw((turn) => turn + 1);
      } catch (error) {
        if (!isAbort(error) && !stop.signal.aborted) setState({ of, conversation: null, problem: sentenceOf(error) });
      } finally {
        if (stop === asked.current) wanted.current.delete(page);
      }
    },
    [id, text, from, of],
  );

  const fill = useCallback((): void => {
    const last = Math.floor((Math.max(sight.current.first + 1, sight.current.end) - 1) / PAGE);
    for (let page = Math.floor(sight.current.first / PAGE); page <= last; page += 1) {
      if ((pages.current.get(page)?.length ?? 0) < PAGE) void fetchPage(page);
    }
  }, [fetchPage]);

  // Another pair, or another question.
  useEffect(() => {
    asked.current = new AbortController();
    pages.current.clear();
    wanted.current.clear();
    sight.current = { first: 0, end: 1 };
    fill();
    return () => asked.current.abort();
  }, [fill]);

  // More has come.
  const grown = `${detail.state} ${String(detail.request.keptBytes)} ${String(detail.response?.keptBytes ?? 0)}`;
  const before = useRef(grown);
  useEffect(() => {
    if (before.current !== grown) fill();
    before.current = grown;
  }, [grown, fill]);

  return {
    conversation: state.of === of ? state.conversation : null,
    at: (place) => pages.current.get(Math.floor(place / PAGE))?.[place % PAGE],
    onSight: ({ first, end }) => {
      sight.current = { first, end };
      const last = Math.floor((Math.max(first + 1, end) - 1) / PAGE);
      for (let page = Math.floor(first / PAGE); page <= last; page += 1) if (!pages.current.has(page)) void fetchPage(page);
    },
    problem: state.of === of ? state.problem : '',
  };
}
