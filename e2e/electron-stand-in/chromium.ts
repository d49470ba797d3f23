import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Cdp } from './cdp.ts';

const FLAGS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-startup-window',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--disable-features=Translate,OptimizationHints,MediaRouter',
  '--remote-debugging-port=0',
];

/** Starts a Chromium of its own, without a window yet, which ends with this process. Its profile is a folder in `userData`. */
export async function startChromium(userData: string): Promise<Cdp> {
  mkdirSync(userData, { recursive: true });
  const profile = mkdtempSync(join(userData, 'chromium-'));
  const child = spawn(process.env['SIDETAP_CHROMIUM'] ?? 'chromium', [...FLAGS, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  process.once('exit', () => {
    child.kill('SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const ended = `Chromium ended with ${code ?? signal}: ${output.slice(-2_000)}`;
      reject(new Error(ended));
      // Once it is under way nobody waits for the promise; without this nothing would tell why the window went.
      process.stderr.write(`${ended}\n`);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      // Read on to the end, or Chromium would block on a full pipe.
      output = (output + chunk.toString()).slice(-65_536);
      const found = /DevTools listening on (ws:\/\/\S+)/.exec(output);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
  // Playwright waits for this line on the app's stderr.
  process.stderr.write(`DevTools listening on ${url}\n`);
  return Cdp.connect(url);
}
