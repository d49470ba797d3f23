import { useRef } from 'react';

interface SplitterProps {
  label: string;
  /** `vertical`: a line from top to bottom that is moved sideways. */
  orientation: 'vertical' | 'horizontal';
  /** Pixels of the panel that it sizes. */
  value: number;
  min: number;
  max: number;
  /** The panel stands after the line, so that moving back makes it larger. */
  reverse?: boolean;
  onChange: (value: number) => void;
}

const STEP = 16;

export function Splitter({ label, orientation, value, min, max, reverse = false, onChange }: SplitterProps) {
  const start = useRef<{ at: number; value: number } | null>(null);
  const position = (event: React.PointerEvent): number => (orientation === 'vertical' ? event.clientX : event.clientY);
  const set = (next: number): void => onChange(Math.round(Math.min(max, Math.max(min, next))));
  return (
    <div
      role="separator"
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={`splitter splitter-${orientation}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { at: position(event), value };
      }}
      onPointerMove={(event) => {
        if (start.current === null) return;
        const moved = position(event) - start.current.at;
        set(start.current.value + (reverse ? -moved : moved));
      }}
      onLostPointerCapture={() => {
        start.current = null;
      }}
      onKeyDown={(event) => {
        const forward = orientation === 'vertical' ? 'ArrowRight' : 'ArrowDown';
        const back = orientation === 'vertical' ? 'ArrowLeft' : 'ArrowUp';
        if (event.key !== forward && event.key !== back) return;
        event.preventDefault();
        event.stopPropagation();
        set(value + ((event.key === forward) !== reverse ? STEP : -STEP));
      }}
    />
  );
}
