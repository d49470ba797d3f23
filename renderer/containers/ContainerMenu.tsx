import { Copy, Ellipsis, Filter, KeyRound, ShieldCheck, Trash2 } from 'lucide-react';
import type { Container } from '../../proxy-core/rrpair/containers.ts';
import { copyText } from '../design/copy.ts';
import { Menu, MenuItem, MenuSeparator } from '../design/Menu.tsx';
import { toggleSource } from '../filter/actions.ts';
import { showsOnly } from '../filter/sources.ts';
import { useList } from '../list/store.ts';
import { removeContainer } from './actions.ts';
import { showDialog } from './store.ts';

/** What can be done with a container beside switching it. */
export function ContainerMenu({ container }: { container: Container }) {
  const { name, refusal, madeByUs } = container;
  const filtered = useList((state) => showsOnly(state.filter, name));
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="icon-button icon-button-small container-more" aria-label={`More of ${name}`}>
          <Ellipsis size={14} />
        </button>
      }
    >
      <MenuItem icon={<Filter size={14} />} onSelect={() => void toggleSource(name)}>
        {filtered ? 'Show all sources' : 'Show only this container'}
      </MenuItem>
      {refusal === '' && (
        <>
          <MenuSeparator />
          <MenuItem icon={<ShieldCheck size={14} />} onSelect={() => showDialog('tls', name)}>
            TLS and trust…
          </MenuItem>
          <MenuItem icon={<KeyRound size={14} />} onSelect={() => showDialog('key', name)}>
            Key pair for inbound TLS…
          </MenuItem>
        </>
      )}
      <MenuSeparator />
      <MenuItem icon={<Copy size={14} />} onSelect={() => void copyText(name, 'Name')}>
        Copy name
      </MenuItem>
      {madeByUs && (
        <MenuItem icon={<Trash2 size={14} />} onSelect={() => void removeContainer(container)}>
          Stop and remove it
        </MenuItem>
      )}
    </Menu>
  );
}
