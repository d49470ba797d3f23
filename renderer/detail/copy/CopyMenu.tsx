import { ChevronDown, Code2, KeyRound, SquareTerminal } from 'lucide-react';
import { copyFormats } from '../../../proxy-core/rrpair/copy-formats.ts';
import { Button } from '../../design/Button.tsx';
import { Menu, MenuHeading, MenuItem, MenuSeparator } from '../../design/Menu.tsx';
import { useDetailPreferences } from '../preferences.ts';
import { copyAs, copyRevealed } from './actions.ts';
import { formatOf, shortName } from './produce.ts';

/** “Copy as …”: the form used last at one click, all others below it. */
export function CopyMenu({ id }: { id: number }) {
  const chosen = formatOf(useDetailPreferences((state) => state.copyFormat));
  const name = shortName(chosen);
  return (
    <div className="split-button">
      <Button icon={<SquareTerminal size={14} />} aria-keyshortcuts="c" onClick={() => void copyAs(id, chosen.id)}>
        <span className="wide-only">Copy as {name}</span>
        <span className="narrow-only">{name}</span>
      </Button>
      <Menu
        align="end"
        trigger={
          <Button aria-label="Copy in another form">
            <ChevronDown size={14} />
          </Button>
        }
      >
        <MenuHeading>Copy as</MenuHeading>
        {copyFormats.map(({ id: format, label, operation }) => (
          <MenuItem
            key={format}
            icon={operation === 'curl' ? <SquareTerminal size={14} /> : <Code2 size={14} />}
            onSelect={() => void copyAs(id, format)}
          >
            {label}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem icon={<KeyRound size={14} />} onSelect={() => void copyRevealed(id, chosen.id)}>
          {chosen.label} with secrets…
        </MenuItem>
      </Menu>
    </div>
  );
}
