import { Popover } from '@base-ui/react/popover';
import { Sentence } from '../design/Sentence.tsx';
import { visible } from '../design/visible.ts';
import { showHelp } from '../help/store.ts';

/** In place of the switch of a container that cannot be captured: the reason, and the way out. */
export function WhyNot({ name, refusal }: { name: string; refusal: string }) {
  return (
    <Popover.Root>
      <Popover.Trigger className="link-button why-not" aria-label={`Why ${name} cannot be captured`}>
        Why not?
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="right" align="start" sideOffset={10} collisionPadding={12} className="menu-positioner">
          <Popover.Popup className="popover">
            <Popover.Title className="popover-title">{visible(name)} cannot be captured</Popover.Title>
            <Popover.Description className="captured">
              <Sentence text={refusal} />
            </Popover.Description>
            {/prox/i.test(refusal) && (
              <Popover.Close className="button button-plain" onClick={() => showHelp('route')}>
                Route its traffic here
              </Popover.Close>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
