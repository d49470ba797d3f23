import { filterFields } from '../../proxy-core/filter/fields.ts';
import { Dialog } from '../design/Dialog.tsx';
import { applyFilter } from './actions.ts';
import { useFilter } from './store.ts';

const FORMS: readonly [form: string, says: string][] = [
  ['checkout "out of stock"', 'Words: in the location, the host and both bodies'],
  ['host:api', 'Contains; of numbers: equals'],
  ['host=api.test  host!=api.test', 'Equals, does not equal'],
  ['latency>200ms  size:1mb..', 'Compares; from … to, either may be left out'],
  ['path:~^/v[12]/', 'Matches a regular expression'],
  ['status:5xx host:api', 'Both must hold'],
  ['host:cdn or host:fonts', 'One must hold; parentheses group'],
  ['-is:replay  not path:/health', 'Must not hold'],
];

const close = (): void => useFilter.setState({ help: false });

/** The language on one page. A click on an example tries it. */
export function SyntaxHelp() {
  const open = useFilter((state) => state.help);
  return (
    <Dialog open={open} onClose={close} title="Filter syntax" wide>
      <dl className="syntax">
        {FORMS.map(([form, says]) => (
          <div key={form} className="syntax-row">
            <dt className="mono">{form}</dt>
            <dd>{says}</dd>
          </div>
        ))}
      </dl>
      <h3 className="facts-title">Fields</h3>
      <dl className="syntax">
        {filterFields.map(({ name, aliases, description, example }) => (
          <div key={name} className="syntax-row">
            <dt>
              <button
                type="button"
                className="link-button mono"
                title="Try it"
                onClick={() => {
                  close();
                  void applyFilter(example);
                }}
              >
                {example}
              </button>
            </dt>
            <dd>
              {description}
              {aliases.length > 0 && <span className="muted"> (also {aliases.join(', ')})</span>}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
