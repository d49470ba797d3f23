import { ShieldAlert } from 'lucide-react';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { showDialog, useContainers } from '../containers/store.ts';
import { undecrypted } from '../containers/undecrypted.ts';
import { Button } from '../design/Button.tsx';
import { visible } from '../design/visible.ts';

/** Whether the failure is one that `UnreadTls` explains, with better advice for a container. */
export function isExplained(detail: PairDetail, containers: readonly Container[] | null): boolean {
  return detail.error === 'client-rejected-certificate' && (containers?.some(({ name }) => name === detail.source) ?? false);
}

/** Why this connection of a container is not read, and the way to what changes that. Nothing for other pairs. */
export function UnreadTls({ detail }: { detail: PairDetail }) {
  const container = useContainers((state) => state.list?.find(({ name }) => name === detail.source));
  if (container === undefined) return null;
  const { clientTls } = detail.connection;
  const unread = undecrypted(detail, container, clientTls?.reason);
  if (unread === null) return null;
  const { text, fix } = unread;
  const gaveUp = detail.error === 'client-rejected-certificate';
  return (
    <div className="callout callout-warn">
      <ShieldAlert size={16} aria-hidden />
      <div className="callout-text">
        <p>{visible(text)}</p>
        <p className="soft">
          {fix === 'tls'
            ? `${gaveUp ? 'The client gave this connection up; those that follow pass' : 'The call works, it only stays'} unread. There are three ways to have the next one read.`
            : fix === 'key'
              ? 'Give the application’s certificate and key, and the next call is read.'
              : 'The call works, it only stays unread.'}
        </p>
      </div>
      {fix !== null && (
        <Button onClick={() => showDialog(fix, container.name)}>{fix === 'tls' ? 'Show the fixes' : 'Give key pair'}</Button>
      )}
    </div>
  );
}
