import { once } from 'node:events';
import { connect } from 'node:net';
import { curl } from '../support/clients.ts';
import { expect, test } from '../support/fixtures.ts';
import { openDetail, row, rows, watch } from '../support/window.ts';

test('a captured page full of scripts is shown and does nothing', async ({ window, inbound }) => {
  const seen = watch(window);
  const before = window.url();
  await curl('--globoff', '--header', 'X-Evil: <img src=x onerror=alert(1)>', `${inbound}/hostile?<script>alert(2)</script>`);
  await expect(row(window, '/hostile')).toBeVisible();
  const detail = await openDetail(window, '/hostile');
  for (const tab of ['Request', 'Response', 'Timing', 'cURL', 'Raw', 'Overview']) {
    await detail.getByRole('tab', { name: tab }).click();
    await expect(detail.getByRole('tabpanel')).not.toBeEmpty();
  }
  await detail.getByRole('tab', { name: 'Response' }).click();
  const body = detail.getByRole('region', { name: 'Body' });
  await expect(body).toContainText("alert('script')");
  for (const view of await body.getByRole('radio').all()) {
    await view.click();
    await expect(body).not.toBeEmpty();
  }
  await detail.getByRole('button', { name: 'Replay', exact: true }).click();
  await expect(detail.getByText(/The same answer|The answer differs/)).toBeVisible();
  // A round trip to the page, so that whatever was going to run has had its turn.
  expect(
    await window.evaluate(
      'new Promise((done) => { requestAnimationFrame(() => setTimeout(() => done(window.pwned ?? null), 0)); })',
    ),
  ).toBeNull();
  expect(await window.locator('iframe, object, embed, base, img[src^="http"], script:not([src])').count()).toBe(0);
  expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
  expect(window.url()).toBe(before);
});

/** Sends bytes as they stand, as no client would, and waits for the answer. */
async function sendRaw(inbound: string, bytes: string): Promise<void> {
  const { port, hostname } = new URL(inbound);
  const socket = connect(Number(port), hostname);
  socket.end(Buffer.from(bytes, 'latin1'));
  await once(socket.resume(), 'close');
}

const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
const SCRIPT = '<img src=x onerror=window.pwned=1>';

/** Every way to look at a head or a body; one that is not offered is passed over. */
const VIEWS = ['Meaning', 'Hex', 'Text', 'Source', 'Form', 'Table', 'Parts', 'JSON'];

test('script, signs that deceive and bytes that are no text stand in every field, and do nothing', async ({ window, inbound }) => {
  const seen = watch(window);
  const turned = utf8('a\u202egnp.exe\u200b\u2066z');
  const parts = [
    `--x\r\nContent-Disposition: form-data; name="${SCRIPT}"; filename="../${SCRIPT}.html"\r\nContent-Type: text/html\r\n\r\n${SCRIPT}\r\n`,
    `--x\r\nContent-Disposition: form-data; name="${turned}"\r\n\r\n\xff\xfe${turned}\r\n--x--\r\n`,
  ].join('');
  const heads = [
    `Host: shop.test`,
    `User-Agent: ${SCRIPT}`,
    `Cookie: ${SCRIPT}=${SCRIPT}; turned=${turned}`,
    `Authorization: Basic ${Buffer.from(`${SCRIPT}:secret`).toString('base64')}`,
    `X-Turned: ${turned}\xff\xc3(`,
    `Referer: javascript:alert(1)`,
  ];
  const bodies: [path: string, type: string, body: string][] = [
    ['parts', 'multipart/form-data; boundary=x', parts],
    ['json', 'application/json', JSON.stringify({ [SCRIPT]: SCRIPT, deep: ['TURNED'] }).replace('TURNED', `${turned}\xff`)],
    ['form', 'application/x-www-form-urlencoded', `${encodeURIComponent(SCRIPT)}=${encodeURIComponent(SCRIPT)}&a=%ff`],
    ['table', 'text/csv', `${SCRIPT},b\n=cmd|calc,${turned}\xff\n`],
    ['type', `text/html; charset=${SCRIPT}`, SCRIPT],
  ];
  for (const [path, type, body] of bodies) {
    const lines = [`POST /${path}?q=${SCRIPT.replaceAll(' ', '%20')} HTTP/1.1`, ...heads, `Content-Type: ${type}`];
    await sendRaw(inbound, `${[...lines, `Content-Length: ${body.length}`, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
  }
  await expect(rows(window)).toHaveCount(bodies.length);
  for (const [path] of bodies) {
    const detail = await openDetail(window, `/${path}?`);
    for (const tab of ['Overview', 'Raw', 'cURL', 'Request']) {
      await detail.getByRole('tab', { name: tab }).click();
      await expect(detail.getByRole('tabpanel')).not.toBeEmpty();
    }
    for (const name of VIEWS) {
      const view = detail.getByRole('radio', { name, exact: true });
      if ((await view.count()) > 0) await view.first().click();
    }
  }
  const detail = await openDetail(window, '/json?');
  await detail.getByRole('tab', { name: 'Request' }).click();
  await detail.getByRole('region', { name: 'Body' }).getByRole('radio', { name: 'JSON' }).click();
  const tree = detail.getByRole('tree', { name: 'Body as JSON' });
  await expect(tree).toContainText(`"${SCRIPT}": "${SCRIPT}"`);
  // What would turn the text around, or is not to be seen, is shown by its number.
  await expect(tree).toContainText('a⟨202E⟩gnp.exe⟨200B⟩⟨2066⟩z');
  await expect(rows(window).first()).not.toContainText('\u202e');
  expect(await window.evaluate('window.pwned ?? null')).toBeNull();
  expect(await window.locator('iframe, object, embed, base, img[src="x"], script:not([src])').count()).toBe(0);
  expect(seen).toEqual({ dialogs: [], foreignRequests: [], complaints: [] });
});
