import { Flame, Globe, SquareTerminal } from 'lucide-react';
import { type LaunchKind, launchKinds, launchNames } from '../../proxy-core/rrpair/launch-kinds.ts';
import { useEngine } from '../api/engine.ts';
import { Button, IconButton } from '../design/Button.tsx';
import { openLaunched, openWords, useLaunch } from './launch.ts';

const ICONS: Readonly<Record<LaunchKind, typeof Globe>> = { terminal: SquareTerminal, chromium: Globe, firefox: Flame };

/** A button for each thing that can be opened under capture: with words where there is room, else by its icon. */
export function LaunchButtons({ words = false }: { words?: boolean }) {
  const opening = useLaunch((state) => state.opening);
  const connected = useEngine((state) => state.link === 'open');
  return (
    <div className={words ? 'launch-buttons launch-buttons-words' : 'launch-buttons'}>
      {launchKinds.map((kind) => {
        const Icon = ICONS[kind];
        const common = {
          'aria-busy': opening === kind,
          disabled: opening !== null || !connected,
          onClick: () => void openLaunched(kind),
        };
        return words ? (
          <Button key={kind} {...common} aria-label={openWords(kind)} icon={<Icon size={14} aria-hidden />}>
            {launchNames[kind]}
          </Button>
        ) : (
          <IconButton key={kind} {...common} label={openWords(kind)} className="icon-button-small">
            <Icon size={15} />
          </IconButton>
        );
      })}
    </div>
  );
}
