import { ArrowDown, ArrowUp } from 'lucide-react';
import type { MessageRow } from '../../../proxy-core/rrpair/conversation.ts';
import { formatBytes } from '../../design/format.ts';
import { visible } from '../../design/visible.ts';

interface MessageLineProps {
  /** Undefined while it is fetched. */
  message: MessageRow | undefined;
  top: number;
  place: number;
  count: number;
  twoSided: boolean;
  chosen: boolean;
  onChoose: () => void;
}

/** Kinds that say nothing: what most messages are. */
const plainKinds: ReadonlySet<string> = new Set(['text', 'message', 'line']);

/** One message in the list of a stream. */
export function MessageLine({ message, top, place, count, twoSided, chosen, onChoose }: MessageLineProps) {
  const client = message?.from === 'client';
  const Arrow = client ? ArrowUp : ArrowDown;
  return (
    <div
      id={message === undefined ? undefined : `message-${String(message.number)}`}
      role="option"
      aria-selected={chosen}
      aria-setsize={count}
      aria-posinset={place + 1}
      tabIndex={-1}
      className={`message-line${chosen ? ' message-chosen' : ''}${message?.bad === true ? ' tone-bad' : ''}`}
      style={{ top }}
      onClick={onChoose}
      onKeyDown={undefined}
    >
      {message !== undefined && (
        <>
          {twoSided && (
            <span className={client ? 'message-side message-sent' : 'message-side message-received'}>
              <Arrow size={13} aria-hidden />
              <span className="sr-only">{client ? 'from the client' : 'from the server'}</span>
            </span>
          )}
          <span className="message-time muted">{message.atMs === null ? '' : offsetWords(message.atMs)}</span>
          {(!plainKinds.has(message.kind) || message.label !== '') && (
            <span className="message-kind captured">
              {visible([plainKinds.has(message.kind) ? '' : message.kind, message.label].join(' ').trim())}
            </span>
          )}
          <span className="message-preview mono truncate captured">{visible(message.preview)}</span>
          <span className="message-size muted">{formatBytes(message.bytes)}</span>
        </>
      )}
    </div>
  );
}

/** Since the pair began: to the millisecond for a minute, then to the tenth of a second. */
export function offsetWords(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 60) return `+${seconds.toFixed(3)}`;
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds % 60).toFixed(1).padStart(4, '0');
  if (minutes < 60) return `+${String(minutes)}:${rest}`;
  return `+${String(Math.floor(minutes / 60))}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}
