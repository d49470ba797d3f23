import { Switch as BaseSwitch } from '@base-ui/react/switch';

interface SwitchProps {
  label: string;
  checked: boolean;
  busy?: boolean;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, checked, busy = false, onChange }: SwitchProps) {
  return (
    <BaseSwitch.Root
      aria-label={label}
      aria-busy={busy}
      checked={checked}
      disabled={busy}
      onCheckedChange={(next) => onChange(next)}
      className="switch"
    >
      <BaseSwitch.Thumb className="switch-thumb" />
    </BaseSwitch.Root>
  );
}
