import { ArrowDownLeft, ArrowUpRight } from 'lucide-react';
import { statusText, statusTone } from './status.ts';
import { technologyHue } from './technology.ts';
import { visible } from './visible.ts';

export function TechnologyBadge({ name }: { name: string }) {
  if (name === '') return null;
  return <span className={`badge hue-${technologyHue(name)}`}>{visible(name)}</span>;
}

/** An arrow, and the words for those who do not see it. */
export function DirectionMark({ direction }: { direction: 'in' | 'out' }) {
  return direction === 'in' ? (
    <span className="direction direction-in" title="Inbound: a call that the application received">
      <ArrowDownLeft size={14} aria-hidden />
      <span className="sr-only">in</span>
    </span>
  ) : (
    <span className="direction direction-out" title="Outbound: a call that the application made">
      <ArrowUpRight size={14} aria-hidden />
      <span className="sr-only">out</span>
    </span>
  );
}

export function StatusMark({ status, error, open }: { status: string; error: string | null; open: boolean }) {
  return <span className={`status tone-${statusTone(status, error, open)}`}>{visible(statusText(status, error, open))}</span>;
}
