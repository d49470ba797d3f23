import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import { connectClient } from '../../proxy-core/api/client.ts';
import { SettingsFile } from '../../proxy-core/keep/settings.ts';
import { openStore } from '../../proxy-core/store/open.ts';
import { findBrowser } from '../../scripts/lib/browser.ts';
import { startEngineChild, stopEngineChild } from '../../scripts/lib/engine-child.ts';
import { fill } from '../lib/pairs.ts';
import { firstLine, median, start, stop } from '../lib/process.ts';
import type { Upstream } from '../lib/upstream.ts';
import { filterBy, firstPaint, longestTask, scrollTo, sortBy, watchScript } from './in-page.ts';

export interface WindowSetting {
  /** A folder of its own. */
  folder: string;
  upstream: Upstream;
  /** Stored before the window is opened. */
  pairs: number;
  /** That arrive while it is measured. */
  perSecond: number;
  seconds: number;
}

/** What a user of the window waits for. Times in ms, memory in MB; `most` is the aim. */
export interface WindowFigure {
  name: string;
  value: number;
  most: number | null;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
];
const STORED_BYTES = 64 * 1024 ** 3;
/** µs between two stored pairs: an hour for two million. */
const SPACING = 1_800;
const SCROLLS = 60;
const FILTERS = [
  'status:5xx',
  'host:shop-7',
  'latency>4.9ms',
  'command:GET host:shop-3',
  'id:1000..200000',
  'path:/items/1',
  'is:open or status:503',
];
const SORTS = ['latency', 'status', 'host', 'location', 'size'];
/** An answer on which nothing waits any more is to be there before the next is measured, ms. */
const REST_MILLIS = 400;

/** Measures the window over a large store, in a real Chromium. */
export async function measureWindow(setting: WindowSetting): Promise<WindowFigure[]> {
  const { folder, pairs, upstream } = setting;
  const store = await openStore(folder, { maxPairs: pairs * 2, maxBytes: STORED_BYTES });
  await fill(store, pairs, Buffer.from('{"ok":true}'), SPACING);
  await store.close();
  // Before the engine opens it, which would remove what is more than usual.
  const file = new SettingsFile(folder);
  file.save({ ...file.settings, tour: { done: true }, limits: { ...file.settings.limits, pairs: pairs * 2, bytes: STORED_BYTES } });
  const engine = await startEngineChild({
    dataDir: folder,
    env: { ...process.env, DOCKER_HOST: `unix://${folder}/no-docker.sock` },
  });
  const { client, close } = await connectClient({ url: engine.url, token: engine.token });
  let browser: Browser | undefined;
  try {
    const { inbound } = await client.capture.start({ app: String(upstream.httpPort), inPort: 0, outPort: 0 });
    browser = await chromium.launch({ executablePath: findBrowser() ?? undefined, args: FLAGS });
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    await page.addInitScript(watchScript);
    await page.goto(`${engine.url}/#token=${encodeURIComponent(engine.token)}`);
    return [...(await atRest(page)), ...(await underLoad(page, await browser.newBrowserCDPSession(), inbound?.url ?? '', setting))];
  } finally {
    await browser?.close();
    close();
    await stopEngineChild(engine);
  }
}

async function atRest(page: Page): Promise<WindowFigure[]> {
  const { contentful, firstRow } = await firstPaint(page);
  const opening = await longestTask(page);
  const scrolls = await scrolling(page);
  const filters: number[] = [];
  for (const filter of FILTERS) {
    filters.push(await filterBy(page, filter));
    await delay(REST_MILLIS);
    // Again, now that the engine has the list: what going back to a filter takes.
    await filterBy(page, '');
    filters.push(await filterBy(page, filter));
    await filterBy(page, '');
    await delay(REST_MILLIS);
  }
  const sorts: number[] = [];
  for (const column of SORTS) {
    sorts.push(await sortBy(page, column));
    await delay(REST_MILLIS);
    sorts.push(await sortBy(page, column));
    await delay(REST_MILLIS);
  }
  await sortBy(page, 'time');
  return [
    { name: 'first contentful paint', value: contentful, most: 1_000 },
    { name: 'first rows on the screen', value: firstRow, most: 1_000 },
    { name: 'longest task of the main thread while it opens', value: opening, most: null },
    ...scrolls,
    { name: 'filter on indexed fields, first answer, p50', value: median(filters), most: null },
    { name: 'filter on indexed fields, first answer, p95', value: p95(filters), most: 150 },
    { name: 'sort, first answer, p50', value: median(sorts), most: null },
    { name: 'sort, first answer, p95', value: p95(sorts), most: 150 },
    { name: 'longest task of all that', value: await longestTask(page), most: 50 },
  ];
}

async function scrolling(page: Page): Promise<WindowFigure[]> {
  const millis: number[] = [];
  const frames: number[] = [];
  // Far apart and in no order, but the same in each run.
  for (let at = 0; at < SCROLLS; at += 1) {
    const seen = await scrollTo(page, ((at * 7_919 + 13) % 1_000) / 1_000);
    millis.push(seen.millis);
    frames.push(seen.frames);
  }
  await scrollTo(page, 0);
  return [
    { name: 'scroll to anywhere until nothing is blank, p50', value: median(millis), most: null },
    { name: 'scroll to anywhere until nothing is blank, p95', value: p95(millis), most: 100 },
    { name: 'the same in frames, p50', value: median(frames), most: 3 },
  ];
}

async function underLoad(
  page: Page,
  browser: CDPSession,
  url: string,
  { perSecond, seconds }: WindowSetting,
): Promise<WindowFigure[]> {
  await longestTask(page);
  const steady = start(process.execPath, [
    path.join(import.meta.dirname, '../programs/steady.ts'),
    url,
    String(perSecond),
    String(seconds),
  ]);
  try {
    const scrolls: number[] = [];
    const answered = firstLine(steady);
    // The first half looks at what comes, the second scrolls about.
    await delay(seconds * 500);
    const following = await longestTask(page);
    const until = performance.now() + seconds * 400;
    for (let at = 0; performance.now() < until; at += 1) {
      scrolls.push((await scrollTo(page, ((at * 7_919 + 13) % 1_000) / 1_000)).millis);
      await delay(150);
    }
    const count = Number(await answered);
    return [
      { name: `pairs a second that arrived (of ${perSecond})`, value: count / seconds, most: null },
      { name: 'longest task while the list follows them', value: following, most: 50 },
      { name: 'longest task while scrolling among them', value: await longestTask(page), most: 50 },
      { name: 'scroll to anywhere among them, p95', value: p95(scrolls), most: null },
      ...(await memory(page, browser)),
    ];
  } finally {
    await stop(steady);
  }
}

async function memory(page: Page, browser: CDPSession): Promise<WindowFigure[]> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  const largest = Math.max(...renderers.map(ownMb));
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return [
    { name: 'memory of the renderer process', value: largest, most: 250 },
    { name: 'JavaScript objects in it', value: usedSize / 1024 ** 2, most: null },
  ];
}

/** Memory of a process, MB: what it shares with others, such as the browser's own program, counts by its share. */
function ownMb(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
}

function p95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}

/** The figures as a table. */
export function windowTable(pairs: number, figures: readonly WindowFigure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const rows = figures.map(({ name, value, most }) => {
    const figure = value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 }).padStart(9);
    return `${name.padEnd(width)} ${figure}  ${most === null ? '' : `${value <= most ? 'within' : 'BEYOND'} ${most}`}`.trimEnd();
  });
  return [`\nwindow, over ${pairs.toLocaleString('en')} stored pairs (ms, MB)`, ...rows].join('\n');
}
