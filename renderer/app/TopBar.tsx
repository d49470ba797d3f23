import {
  Command,
  Ellipsis,
  FileDown,
  FileInput,
  FileUp,
  Keyboard,
  PanelLeft,
  Pause,
  Play,
  RotateCcw,
  Settings,
  SquarePen,
  Trash2,
} from 'lucide-react';
import { compose } from '../compose/store.ts';
import { IconButton } from '../design/Button.tsx';
import { Menu, MenuSeparator } from '../design/Menu.tsx';
import { FilterBar } from '../filter/FilterBar.tsx';
import { togglePause } from '../list/actions.ts';
import { useList } from '../list/store.ts';
import { ActionItem } from '../palette/ActionItem.tsx';
import { clearPairs } from './toolActions.ts';

interface TopBarProps {
  sourcesShown: boolean;
  onToggleSources: () => void;
}

export function TopBar({ sourcesShown, onToggleSources }: TopBarProps) {
  const paused = useList((state) => state.paused);
  return (
    <div role="toolbar" aria-label="Tools" className="top-bar">
      <IconButton label={sourcesShown ? 'Hide sources' : 'Show sources'} aria-expanded={sourcesShown} onClick={onToggleSources}>
        <PanelLeft size={16} />
      </IconButton>
      <FilterBar />
      <IconButton label="Compose a request" onClick={compose}>
        <SquarePen size={16} />
      </IconButton>
      <IconButton label={paused ? 'Follow again' : 'Pause the list'} keys="Space" aria-pressed={paused} onClick={togglePause}>
        {paused ? <Play size={16} /> : <Pause size={16} />}
      </IconButton>
      <IconButton label="Clear the list" onClick={() => void clearPairs()}>
        <Trash2 size={16} />
      </IconButton>
      <Menu
        align="end"
        trigger={
          <button type="button" className="icon-button" aria-label="More">
            <Ellipsis size={16} />
          </button>
        }
      >
        <ActionItem id="palette" icon={<Command size={14} />} />
        <MenuSeparator />
        <ActionItem id="replay-many" icon={<RotateCcw size={14} />} />
        <ActionItem id="export" icon={<FileUp size={14} />} />
        <ActionItem id="import" icon={<FileInput size={14} />} />
        <ActionItem id="export-har" icon={<FileDown size={14} />} />
        <MenuSeparator />
        <ActionItem id="preferences" icon={<Settings size={14} />} />
        <ActionItem id="keys" icon={<Keyboard size={14} />} />
      </Menu>
    </div>
  );
}
