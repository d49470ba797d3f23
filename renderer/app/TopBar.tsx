import { Ellipsis, FileDown, Keyboard, KeyRound, PanelLeft, Pause, Play, Trash2 } from 'lucide-react';
import { IconButton } from '../design/Button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../design/Menu.tsx';
import { FilterBar } from '../filter/FilterBar.tsx';
import { showHelp } from '../help/store.ts';
import { togglePause } from '../list/actions.ts';
import { useList } from '../list/store.ts';
import { clearPairs, exportHar } from './toolActions.ts';

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
        <MenuItem icon={<FileDown size={14} />} onSelect={() => void exportHar(false)}>
          Export these pairs as HAR
        </MenuItem>
        <MenuItem icon={<KeyRound size={14} />} onSelect={() => void exportHar(true)}>
          Export as HAR with secrets
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Keyboard size={14} />} keys="?" onSelect={() => showHelp('keys')}>
          Keys
        </MenuItem>
      </Menu>
    </div>
  );
}
