import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { PairDetail } from '../../../proxy-core/rrpair/shapes.ts';
import { formatCount, plural } from '../../design/format.ts';
import { Segmented } from '../../design/Segmented.tsx';
import { type VirtualHandle, VirtualRows } from '../../design/VirtualRows.tsx';
import { visible } from '../../design/visible.ts';
import { NamelessNote } from '../../protos/NamelessNote.tsx';
import { MessageLine } from './MessageLine.tsx';
import { MessagePane } from './MessagePane.tsx';
import { type MessageQuery, useMessages } from './useMessages.ts';
import { streamWords } from './words.ts';
import './messages.css';

const ROW_HEIGHT = 24;
/** Time from the last letter typed to the search, ms. */
const TYPED_MILLIS = 150;

const SIDES: readonly { value: MessageQuery['from']; label: string }[] = [
  { value: 'both', label: 'All' },
  { value: 'client', label: 'Client' },
  { value: 'server', label: 'Server' },
];

/** The messages of a stream, as they come, and the one that is chosen. */
export function MessagesTab({ detail }: { detail: PairDetail }) {
  const [typed, setTyped] = useState('');
  const [query, setQuery] = useState<MessageQuery>({ text: '', from: 'both' });
  const [chosen, setChosen] = useState<{ place: number; number: number } | null>(null);
  const { conversation, at, onSight, problem } = useMessages(detail, query);
  const handle = useRef<VirtualHandle>(null);
  /** The newest is followed for as long as it is in sight. */
  const following = useRef(true);
  const words = streamWords(detail.conversation ?? 'websocket');
  const count = conversation?.matched ?? 0;

  useEffect(() => {
    const timer = setTimeout(
      () => setQuery((before) => (before.text === typed ? before : { ...before, text: typed })),
      TYPED_MILLIS,
    );
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => setChosen(null), [query]);
  useEffect(() => {
    if (following.current && detail.state === 'open' && count > 0) handle.current?.scrollToEnd();
  }, [count, detail.state]);

  const choose = (place: number): void => {
    const row = at(place);
    if (row === undefined) return;
    setChosen({ place, number: row.number });
    handle.current?.showRow(place);
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.altKey || event.metaKey || event.ctrlKey) return;
    const place = chosen?.place ?? -1;
    const page = handle.current?.rowsInSight() ?? 1;
    const moves: Record<string, number> = {
      ArrowDown: place + 1,
      ArrowUp: place < 0 ? count - 1 : place - 1,
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: count - 1,
    };
    const to = moves[event.key];
    if (to === undefined || count === 0) return;
    event.preventDefault();
    event.stopPropagation();
    choose(Math.min(count - 1, Math.max(0, to)));
  };

  if (problem !== '') return <p className="pane-note">{problem}</p>;
  return (
    <div className="messages-area">
      <div className="messages">
        <section className="messages-list" aria-label={`All ${words.title.toLowerCase()}`}>
          <div className="pane-bar body-bar">
            {words.twoSided && (
              <Segmented
                label="From"
                value={query.from}
                options={SIDES}
                onChange={(from) => setQuery((before) => ({ ...before, from }))}
              />
            )}
            <span className="muted body-size" role="status">
              {conversation === null ? 'Reading…' : countWords(conversation.total, conversation.matched, query, words.one)}
            </span>
            {detail.state === 'open' && <span className="messages-live">live</span>}
            <span className="spacer" />
            <div className="find">
              <Search size={13} aria-hidden className="muted" />
              <input
                type="text"
                className="find-input messages-find"
                aria-label={`Find in ${words.title.toLowerCase()}`}
                placeholder={`Find in ${words.title.toLowerCase()}`}
                spellCheck={false}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key !== 'Escape' || typed === '') return;
                  setTyped('');
                  event.preventDefault();
                  event.stopPropagation();
                }}
              />
            </div>
          </div>
          {conversation !== null && conversation.facts.length > 0 && (
            <p className="messages-facts muted">
              {conversation.facts.map(([name, value]) => `${name}: ${visible(value)}`).join(' · ')}
            </p>
          )}
          <VirtualRows
            handle={handle}
            role="listbox"
            aria-label={words.title}
            aria-activedescendant={chosen === null ? undefined : `message-${String(chosen.number)}`}
            tabIndex={0}
            className="message-lines"
            count={count}
            rowHeight={ROW_HEIGHT}
            onSight={(sight) => {
              following.current = sight.atEnd;
              onSight(sight);
            }}
            onKeyDown={onKeyDown}
            renderRow={(place, top) => (
              <MessageLine
                message={at(place)}
                top={top}
                place={place}
                count={count}
                twoSided={words.twoSided}
                chosen={chosen?.place === place}
                onChoose={() => choose(place)}
              />
            )}
          />
          {conversation !== null && conversation.problem !== '' && <p className="body-notice">{conversation.problem}</p>}
          {conversation?.nameless === true && conversation.total > 0 && <NamelessNote key={detail.id} detail={detail} />}
          {conversation !== null && conversation.end !== '' && <p className="messages-end">{visible(conversation.end)}</p>}
        </section>
        <MessagePane detail={detail} message={chosen === null ? undefined : at(chosen.place)} empty={words.choose} />
      </div>
    </div>
  );
}

function countWords(total: number, matched: number, { text, from }: MessageQuery, one: string): string {
  const all = plural(total, one);
  return text === '' && from === 'both' ? all : `${formatCount(matched)} of ${all}`;
}
