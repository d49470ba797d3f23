const mac = /mac/i.test(navigator.platform);

const KEYS: readonly { title: string; keys: readonly [string, string][] }[] = [
  {
    title: 'List',
    keys: [
      ['J  ↓', 'Next pair'],
      ['K  ↑', 'Previous pair'],
      ['PgDn PgUp', 'A page on or back'],
      ['Home End', 'First or last pair'],
      ['Enter', 'Open'],
      ['Esc', 'Close'],
      ['Space', 'Pause or follow'],
    ],
  },
  {
    title: 'Selected pair',
    keys: [
      ['R', 'Replay'],
      ['C', 'Copy as curl'],
      ['P', 'Pin or unpin'],
      [mac ? '⌃ click' : 'Menu', 'Filter by a cell'],
    ],
  },
  {
    title: 'Window',
    keys: [
      [mac ? '⌘ F' : 'Ctrl F', 'Find in the body'],
      ['/', 'Filter'],
      ['N', 'Show health checks and probes'],
      ['?', 'These keys'],
    ],
  },
];

export function KeysHelp() {
  return (
    <div className="keys">
      {KEYS.map(({ title, keys }) => (
        <section key={title}>
          <h3 className="facts-title">{title}</h3>
          <dl>
            {keys.map(([key, says]) => (
              <div key={key} className="keys-row">
                <dt>
                  {key.split(' ').map(
                    (part) =>
                      part !== '' && (
                        <kbd key={part} className="key">
                          {part}
                        </kbd>
                      ),
                  )}
                </dt>
                <dd>{says}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
