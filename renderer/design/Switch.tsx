import { Switch as BaseSwitch } from '@base-ui/react/switch';

interface SwitchProps {
  label: string;
  checked: boolean;
  /** Something is under way that has to end first. */
  busy?: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, checked, busy = false, disabled = false, onChange }: SwitchProps) {
  return (
    <BaseSwitch.Root
      aria-label={label}
      aria-busy={busy}
      checked={checked}
      disabled={busy || disabled}
      onCheckedChange={(next) => onChange(next)}
      className="switch"
    >
      <BaseSwitch.Thumb className="switch-thumb" />
    </BaseSwitch.Root>
  );
}
