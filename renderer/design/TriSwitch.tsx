import { Checkbox } from '@base-ui/react/checkbox';

interface TriSwitchProps {
  label: string;
  state: 'none' | 'some' | 'all';
  disabled?: boolean;
  onChange: (on: boolean) => void;
}

/** One switch for many: in the middle when only some are on, from where it switches on the rest. */
export function TriSwitch({ label, state, disabled = false, onChange }: TriSwitchProps) {
  return (
    <Checkbox.Root
      aria-label={label}
      checked={state === 'all'}
      indeterminate={state === 'some'}
      disabled={disabled}
      onCheckedChange={() => onChange(state !== 'all')}
      className="switch"
    >
      <span
        aria-hidden
        className="switch-thumb"
        data-checked={state === 'all' ? '' : undefined}
        data-some={state === 'some' ? '' : undefined}
      />
    </Checkbox.Root>
  );
}
