import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCurl } from '../../proxy-core/import/curl-command.ts';
import { writeRequest } from '../../proxy-core/replay/compose.ts';
import { type RawEcho, type RawRequest, readRaw, startRawEcho } from '../export/raw-echo.ts';

const run = promisify(execFile);

let echo: RawEcho;
let folder: string;

beforeAll(async () => {
  echo = await startRawEcho();
  folder = await mkdtemp(path.join(os.tmpdir(), 'sidetap-real-curl-'));
});

afterAll(async () => {
  await echo.close();
  await rm(folder, { recursive: true });
});

/** What differs between versions of curl, and at every call. */
function comparable({ startLine, headers, body }: RawRequest): object {
  const boundary = /boundary=(.*)$/.exec(headers.find(([name]) => name === 'Content-Type')?.[1] ?? '')?.[1] ?? '\0';
  const steady = (text: string): string => text.replaceAll(boundary, 'BOUNDARY').replace(/^curl\/[\d.]+$/, 'curl');
  const lines = headers.map(([name, value]) => {
    if (name === 'Accept-Encoding') return `${name}: some`;
    // Newer ones put a space between cookies; ours keeps the spelling of Host that was given.
    return name === 'Cookie' ? `${name}: ${value.replaceAll(/; ?/g, '; ')}` : `${name.replace(/^host$/, 'Host')}: ${steady(value)}`;
  });
  return {
    startLine,
    headers: lines.filter((line) => !line.startsWith('Content-Length')).toSorted(),
    body: steady(body.toString('latin1')),
  };
}

/** Runs the command with the real curl, and reads it with ours: both must send the same. */
test.each([
  'curl URL/',
  'curl URL',
  "curl 'URL/a?b=c#d'",
  'curl URL?x',
  'curl -X PURGE URL/x -H "X-A: 1" -H "X-B;" -H "Accept:"',
  'curl -XPUT URL/x -d a=1 -d b=2',
  'curl -sSLkXPATCH -Hx-a:b URL/x',
  "curl URL/x --data-raw '@no file' --request POST",
  "curl URL/x --data-urlencode 'a b&c' --data-urlencode 'n=a b/ü' --data-urlencode '=x y'",
  "curl -G URL/x -d a=1 --data-urlencode 'q=x y'",
  "curl -G 'URL/x?z=9' -d a=1",
  "curl -G 'URL/x?' -d a=1",
  "curl -G 'URL/x?&' -d a=1",
  "curl 'URL/?&'",
  "curl --json '{\"a\":1}' --json ' ' URL/x",
  "curl --json '{}' -H 'Content-Type: application/vnd.x+json' URL/x",
  "curl -F a=1 -F 'b=two;type=text/plain' -F 'c=\"x;y\";filename=f.txt' --form-string 'd=@x' URL/x",
  'curl -u user:pass URL/',
  'curl -u user:pass -H "Authorization: mine" URL/',
  'curl http://us%40er:pw@HOST/',
  'curl --oauth2-bearer tok URL/',
  'curl -b a=b -b c=d -A agent/1 -e http://ref.example/ URL/',
  'curl -b a=b -H "Cookie: c=d" URL/',
  "curl -A '' URL/",
  'curl -I URL/x',
  'curl --head --request GET URL/x',
  'curl --compressed URL/x',
  'curl -r 0-99 URL/x',
  'curl URL/a/../b/./c/..',
  'curl --path-as-is URL/a/../b/./c',
  "curl -g 'URL/{a}/[1-2]'",
  "curl --request-target '*' -X OPTIONS URL/",
  'curl --http1.0 URL/x',
  'curl -0 URL/x',
  'curl -H "Host: shop.example" URL/x',
  'curl -H "host: shop.example" URL/x',
  'curl -H "Host:" URL/x',
  'curl -H "Transfer-Encoding: chunked" -d abc URL/x',
  "curl --url URL/x -H $'X-Bytes: a\\xff\\303\\274\\u00e9'",
  "curl URL/x -d $'a\\nb\\tc\\\\d\\'e'",
  'curl URL/x -d "a\\"b\\$c\\d"',
  "curl URL/x -d it\\'s\\ a\\ word",
  'curl URL/x \\\n  -H "X-A: 1" \\\n  -d body # and a comment',
  'curl --url-query a=1 --url-query "b=x y" URL/x',
  'curl -z "Mon, 15 Jan 2024 00:00:00 GMT" URL/x',
  'curl --tr-encoding URL/x',
  'curl --no-compressed --compressed URL/x',
  "curl -H 'Content-Type:' -d x URL/x",
  "curl -d '' URL/x",
  'curl -d a -X GET URL/x',
])('%s', async (template) => {
  const host = `127.0.0.1:${String(echo.port)}`;
  const command = template.replace('URL', `http://${host}`).replace('HOST', host);
  const arrives = echo.next();
  // curl reports what our bare answers lack (a body after HEAD…) by its exit code; what it sent is what counts.
  await run('bash', ['-c', command.replace('curl', 'curl --max-time 5')], {
    cwd: folder,
    // How bash spells \u00e9 depends on the locale; a terminal's is UTF-8.
    env: { ...process.env, LC_ALL: 'C.UTF-8', HOME: folder, http_proxy: '', HTTP_PROXY: '' },
  }).catch((error: { code?: number }) => expect(error.code).toBeLessThan(60));
  const sent = await arrives;
  const parsed = parseCurl(command, 'bash');
  const { request } = writeRequest(parsed.request);
  const ours = readRaw(Buffer.concat([request.head, request.body]));
  expect(ours).not.toBeNull();
  if (ours !== null) expect(comparable(ours)).toEqual(comparable(sent));
});
