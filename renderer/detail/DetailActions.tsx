import { ChevronDown, KeyRound, Pin, PinOff, RotateCcw, SquareTerminal } from 'lucide-react';
import type { Shell } from '../../proxy-core/rrpair/results.ts';
import type { PairDetail } from '../../proxy-core/rrpair/shapes.ts';
import { setPreferences, usePreferences } from '../app/preferences.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../design/Menu.tsx';
import { replay, useReplay } from '../replay/actions.ts';
import { copyCurl, togglePin } from './actions.ts';

export const shells: readonly { value: Shell; label: string }[] = [
  { value: 'bash', label: 'bash, zsh' },
  { value: 'powershell', label: 'PowerShell' },
  { value: 'cmd', label: 'cmd' },
];

/** Only what has a head can be sent again or written as a command. */
export function isHttp(detail: PairDetail): boolean {
  return detail.protocol === 'http' || detail.protocol === 'https';
}

export function DetailActions({ detail }: { detail: PairDetail }) {
  const running = useReplay((state) => state.running.has(detail.id));
  const shell = usePreferences((state) => state.curlShell);
  return (
    <div className="detail-actions">
      {isHttp(detail) && (
        <>
          <Button
            tone="primary"
            icon={<RotateCcw size={14} />}
            disabled={running}
            aria-keyshortcuts="r"
            onClick={() => void replay(detail.id)}
          >
            {running ? 'Replaying…' : 'Replay'}
          </Button>
          <div className="split-button">
            <Button icon={<SquareTerminal size={14} />} aria-keyshortcuts="c" onClick={() => void copyCurl(detail.id)}>
              <span className="wide-only">Copy as curl</span>
              <span className="narrow-only">curl</span>
            </Button>
            <Menu
              align="end"
              trigger={
                <Button aria-label="Copy as curl for another shell">
                  <ChevronDown size={14} />
                </Button>
              }
            >
              {shells.map(({ value, label }) => (
                <MenuItem
                  key={value}
                  icon={<SquareTerminal size={14} />}
                  onSelect={() => {
                    setPreferences({ curlShell: value });
                    void copyCurl(detail.id, { shell: value });
                  }}
                >
                  Copy for {label}
                </MenuItem>
              ))}
              <MenuSeparator />
              <MenuItem icon={<KeyRound size={14} />} onSelect={() => void copyCurl(detail.id, { shell, reveal: true })}>
                Copy with secrets
              </MenuItem>
            </Menu>
          </div>
        </>
      )}
      <IconButton
        label={detail.pinned ? 'Unpin' : 'Pin'}
        keys="P"
        aria-pressed={detail.pinned}
        onClick={() => void togglePin(detail.id, detail.pinned)}
      >
        {detail.pinned ? <PinOff size={15} /> : <Pin size={15} />}
      </IconButton>
    </div>
  );
}
