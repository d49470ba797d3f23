import { Tooltip } from '@base-ui/react/tooltip';
import type { ComponentProps, ReactNode } from 'react';

export interface ButtonProps extends ComponentProps<'button'> {
  tone?: 'plain' | 'primary' | 'quiet' | 'danger';
  icon?: ReactNode;
}

/** A button with words. */
export function Button({ tone = 'plain', icon, children, className = '', ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={`button button-${tone} ${className}`}>
      {icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label' | 'title'> {
  /** What it does: its accessible name and its tooltip. */
  label: string;
  /** The key that does the same, shown in the tooltip. */
  keys?: string;
}

/** A button that is only an icon; its name appears on hover and on focus. */
export function IconButton({ label, keys, className = '', children, ...rest }: IconButtonProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        delay={450}
        render={
          <button type="button" {...rest} aria-label={label} className={`icon-button ${className}`}>
            {children}
          </button>
        }
      />
      <TooltipPopup label={label} keys={keys} />
    </Tooltip.Root>
  );
}

export function TooltipPopup({ label, keys }: { label: string; keys?: string | undefined }) {
  return (
    <Tooltip.Portal>
      <Tooltip.Positioner sideOffset={6} collisionPadding={8}>
        <Tooltip.Popup className="tooltip">
          {label}
          {keys !== undefined && <kbd className="key">{keys}</kbd>}
        </Tooltip.Popup>
      </Tooltip.Positioner>
    </Tooltip.Portal>
  );
}
