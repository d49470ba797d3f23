import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requestCode, type WrittenCode, writers, writtenFor } from '../../../proxy-core/export/code/code.ts';
import { recordedRequest } from '../../../proxy-core/export/request.ts';
import { type RawEcho, startRawEcho } from '../raw-echo.ts';
import { record } from '../records.ts';
import { expectSent } from './expected.ts';
import { anyRequest, headOf, oddRequests, type Sent, wireBody } from './requests.ts';
import { runners } from './runners.ts';

const run = promisify(execFile);

let echo: RawEcho;
let folder: string;

beforeEach(async () => {
  echo = await startRawEcho();
  folder = await mkdtemp(path.join(os.tmpdir(), 'sidetap-code-'));
});

afterEach(async () => {
  await echo.close();
  await rm(folder, { recursive: true });
});

type Language = keyof typeof runners;

function write(language: Language, sent: Sent, index: number): WrittenCode {
  const pair = record(echo.port, headOf(sent, echo.port), wireBody(sent), '', { id: index + 1 });
  const { code } = requestCode(pair, { format: language, reveal: true });
  // Its comments included, which speak of captured names.
  return { ...writtenFor(recordedRequest(pair), writers[language], `sidetap-${String(pair.id)}.body`), code };
}

/** Runs the programs that are written for these requests, and compares what each sent with its request. */
async function expectAllSent(language: Language, requests: readonly Sent[]): Promise<void> {
  const written = requests.map((request, index) => write(language, request, index));
  for (const { bodyFile } of written) if (bodyFile !== null) await writeFile(path.join(folder, bodyFile.name), bodyFile.bytes);
  await runners[language](
    written.map(({ code }) => code),
    folder,
  );
  const arrived = inOrder(language, written, echo.arrived());
  expect(arrived).toHaveLength(requests.length);
  for (const [index, request] of requests.entries()) {
    const { deviations = [], code = '' } = written[index] ?? {};
    const got = arrived[index];
    if (got !== undefined) expectSent(request, deviations, got, code);
  }
}

/** Java's programs run in two groups. */
function inOrder<Item>(language: Language, written: readonly WrittenCode[], arrived: Item[]): Item[] {
  if (language !== 'java') return arrived;
  const setting = (index: number): boolean => written[index]?.code.includes('System.setProperty') === true;
  const indexes = written.map((_, index) => index);
  const order = [...indexes.filter((index) => !setting(index)), ...indexes.filter(setting)];
  const sorted: Item[] = [];
  for (const [at, index] of order.entries()) {
    const item = arrived[at];
    if (item !== undefined) sorted[index] = item;
  }
  return sorted;
}

/** The same at every run; enough that each kind of request meets each other kind of oddity. */
function generated(count: number): Sent[] {
  return fc.sample(anyRequest, { numRuns: count, seed: 4 });
}

/** Mono, the .NET that Debian has, knows nothing of what came with .NET 6. */
function needsDotNet6(sent: Sent): boolean {
  return /UriCreationOptions|RequestHeaderEncodingSelector/.test(write('csharp', sent, 0).code);
}

/** Mono reads a Referer as a URL, and writes two of them as one. */
function referers(sent: Sent): number {
  return sent.headers.filter(([name]) => name === 'Referer').length;
}

describe('what a program sends is what was recorded, but for what it says itself', () => {
  test.each<[Language, number]>([
    ['fetch', 300],
    ['python', 300],
    ['go', 200],
    ['java', 150],
    ['php', 300],
    ['wget', 300],
    // Each takes a tenth of a second.
    ['httpie', 80],
  ])('%s', { timeout: 180_000 }, async (language, count) => {
    await expectAllSent(language, generated(count));
  });

  test.each(Object.keys(runners) as Language[])('%s, with what is seldom met', async (language) => {
    await expectAllSent(language, language === 'csharp' ? oddRequests.filter((sent) => !needsDotNet6(sent)) : oddRequests);
  });

  test('csharp, run by Mono', { timeout: 180_000 }, async () => {
    const requests = generated(3_000).filter((sent) => !needsDotNet6(sent) && referers(sent) < 2);
    expect(requests.length).toBeGreaterThan(200);
    await expectAllSent('csharp', requests.slice(0, 300));
  });

  test('csharp for .NET 6: its syntax is read by a compiler', async () => {
    const requests = generated(300).filter(needsDotNet6);
    for (const [index, sent] of requests.entries()) {
      const { code } = write('csharp', sent, index);
      await writeFile(path.join(folder, `p${String(index)}.cs`), code.replace('class Request', `class R${String(index)}`));
    }
    expect(requests.length).toBeGreaterThan(100);
    const { stderr } = await run('sh', ['-c', 'mcs --parse *.cs'], { cwd: folder });
    expect(stderr).toBe('');
  });
});
