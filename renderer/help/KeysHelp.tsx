import { colourActions, colourKeys } from '../marks/paletteActions.ts';
import { type ActionGroup, actions } from '../palette/actions.ts';
import { keyLabel, onMac } from '../palette/keyNames.ts';

/** What the list does with keys while it has the focus: places to go to, not actions. */
const IN_LIST: readonly [keys: readonly string[], says: string][] = [
  [['ArrowDown', 'ArrowUp'], 'Next or previous pair'],
  [['PageDown', 'PageUp'], 'A page on or back'],
  [['Home', 'End'], 'First or last pair'],
  [['Shift+ArrowDown', 'Shift+ArrowUp'], 'Pick a range'],
  [['Mod+Space'], 'Pick or unpick a row'],
  [['Mod+a'], 'Pick all rows'],
  [['Shift+F10'], 'Menu of the row'],
];

const GROUPS: readonly ActionGroup[] = ['List', 'Selected pair', 'Window', 'Help'];

/** Every key of the window. What an action's key is, the actions say. */
export function KeysHelp() {
  const mac = onMac();
  return (
    <div className="keys">
      {GROUPS.map((group) => (
        <Keys key={group} title={group} mac={mac} keys={keysOf(group)} />
      ))}
      <Keys title="While the list has the focus" keys={IN_LIST} mac={mac} />
    </div>
  );
}

/** A line for each action, but one for all colours. */
function keysOf(group: ActionGroup): [keys: readonly string[], says: string][] {
  const lines = actions
    .filter((action) => action.group === group && action.key !== undefined && !colourActions.includes(action))
    .map(({ key = '', title }): [readonly string[], string] => [[key], title]);
  return group === 'Selected pair' ? [...lines, [colourKeys.keys, colourKeys.says]] : lines;
}

interface KeysProps {
  title: string;
  keys: readonly (readonly [keys: readonly string[], says: string])[];
  mac: boolean;
}

function Keys({ title, keys, mac }: KeysProps) {
  return (
    <section>
      <h3 className="facts-title">{title}</h3>
      <dl>
        {keys.map(([names, says]) => (
          <div key={says} className="keys-row">
            <dt>
              {names.map((name) => (
                <kbd key={name} className="key">
                  {keyLabel(name, mac)}
                </kbd>
              ))}
            </dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
