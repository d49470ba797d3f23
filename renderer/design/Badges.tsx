import { statusText, statusTone } from './status.ts';
import { TechnologyIcon } from './TechnologyIcon.tsx';
import { technologyHue } from './technology.ts';
import { visible } from './visible.ts';

export function TechnologyBadge({ name }: { name: string }) {
  if (name === '') return null;
  return (
    <span className={`badge hue-${technologyHue(name)}`}>
      <TechnologyIcon name={name} />
      {visible(name)}
    </span>
  );
}

const ARROWS = { in: 'M17 7 7 17M17 17H7V7', out: 'M7 17 17 7M7 7h10v10' };

/** What is said of an arrow on hover. */
export const directionWords = {
  in: 'Inbound: a call that the application received',
  out: 'Outbound: a call that the application made',
};

/** An arrow. As few elements as can be: it stands in every row of a list. */
export function DirectionMark({ direction }: { direction: 'in' | 'out' }) {
  return (
    <svg className={`direction direction-${direction}`} viewBox="0 0 24 24" role="img" aria-label={direction}>
      <path d={ARROWS[direction]} />
    </svg>
  );
}

/** The classes that say a status in colour. */
export function statusClass(status: string, error: string | null, open: boolean): string {
  return `status tone-${statusTone(status, error, open)}`;
}

export function StatusMark({ status, error, open }: { status: string; error: string | null; open: boolean }) {
  return <span className={statusClass(status, error, open)}>{visible(statusText(status, error, open))}</span>;
}
