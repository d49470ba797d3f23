import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { MenuHeading, MenuItem, MenuSeparator } from '../design/Menu.tsx';
import { resetColumns, showColumn } from './columnActions.ts';
import { isShown, orderedColumns, usualColumns } from './columns.ts';
import { useSeenSources } from './sources.ts';

function Choice({ checked, onChange, children }: { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }) {
  return (
    <BaseMenu.CheckboxItem className="menu-item" checked={checked} closeOnClick={false} onCheckedChange={onChange}>
      <span className="menu-icon menu-check">{checked && <Check size={14} />}</span>
      <span className="menu-label">{children}</span>
    </BaseMenu.CheckboxItem>
  );
}

/** How the list is shown: the items of a menu. */
export function ColumnItems() {
  const { columns, rowHeight, histogram } = usePreferences();
  const severalSources = useSeenSources(({ sources }) => sources.size > 1);
  const ordered = orderedColumns(columns);
  const shown = ordered.filter((column) => isShown(column, columns, severalSources));
  return (
    <>
      <MenuHeading>Columns</MenuHeading>
      {ordered.map((column) => (
        <Choice
          key={column.id}
          checked={shown.includes(column)}
          // The last one stays: a list without columns shows nothing to bring them back by.
          onChange={(checked) => (checked || shown.length > 1) && showColumn(column.id, checked)}
        >
          {column.label}
        </Choice>
      ))}
      <MenuItem icon={<span />} disabled={columns === usualColumns} onSelect={resetColumns}>
        Usual columns
      </MenuItem>
      <MenuSeparator />
      <Choice
        checked={rowHeight === 'compact'}
        onChange={(checked) => setPreferences({ rowHeight: checked ? 'compact' : 'comfortable' })}
      >
        Compact rows
      </Choice>
      <Choice checked={histogram} onChange={(checked) => setPreferences({ histogram: checked })}>
        Traffic over time
      </Choice>
    </>
  );
}
