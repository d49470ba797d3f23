import { Button } from '../../design/Button.tsx';
import { Dialog } from '../../design/Dialog.tsx';
import { plural } from '../../design/format.ts';
import { visible } from '../../design/visible.ts';
import { useReveal } from './actions.ts';

const SHOWN = 40;

function close(): void {
  useReveal.setState({ question: null });
}

/** Says which secrets would leave, and lets them only when asked to. */
export function RevealDialog() {
  const question = useReveal((state) => state.question);
  if (question === null) return null;
  const { masked, what, yes, onYes } = question;
  return (
    <Dialog
      open
      onClose={close}
      title={`Reveal ${plural(masked.length, 'secret')}?`}
      description={`Whoever gets ${what} can use what is in it.`}
    >
      <ul className="reveal-list" aria-label="Secrets">
        {masked.slice(0, SHOWN).map((name) => (
          <li key={name} className="mono captured">
            {visible(name)}
          </li>
        ))}
        {masked.length > SHOWN && <li className="muted">and {masked.length - SHOWN} more</li>}
      </ul>
      <div className="dialog-buttons">
        <Button onClick={close}>Keep masked</Button>
        <Button
          tone="danger"
          onClick={() => {
            close();
            onYes();
          }}
        >
          {yes}
        </Button>
      </div>
    </Dialog>
  );
}
