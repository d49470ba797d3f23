import { CopyButton } from '../design/CopyButton.tsx';
import { visible } from '../design/visible.ts';
import type { Cookie } from './cookies.ts';

/** Cookies that are laid out; nobody has more, but somebody may send more. */
const MOST = 500;
const SHOWN_CHARS = 1_000;

/** Cookies with their attributes, and what those amount to. */
export function CookieTable({ cookies }: { cookies: readonly Cookie[] }) {
  const shown = cookies.slice(0, MOST).map((cookie, place) => ({ cookie, key: `${place} ${cookie.name}` }));
  return (
    <div className="cookies">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
      <div className="cookies-scroll" tabIndex={0} role="region" aria-label="Cookies">
        <table className="cookie-table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ cookie: { name, value, attributes, says }, key }) => (
              <tr key={key}>
                <th scope="row" className="mono captured">
                  {visible(name.slice(0, SHOWN_CHARS))}
                </th>
                <td>
                  <span className="mono captured">
                    {visible(value.slice(0, SHOWN_CHARS))}
                    {value.length > SHOWN_CHARS && <span className="muted"> … {value.length - SHOWN_CHARS} characters more</span>}
                  </span>
                  <CopyButton text={value} what={visible(name.slice(0, 100))} />
                  {attributes.length > 0 && (
                    <p className="cookie-attributes mono soft captured">
                      {attributes
                        .map(([own, given]) => visible(given === '' ? own : `${own}=${given}`))
                        .join('; ')
                        .slice(0, SHOWN_CHARS)}
                    </p>
                  )}
                  {says.length > 0 && <p className="muted captured">{visible(says.join('; '))}.</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {cookies.length > MOST && <p className="message-sizes muted">{cookies.length - MOST} cookies more.</p>}
    </div>
  );
}
