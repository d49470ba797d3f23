import { createHash, X509Certificate } from 'node:crypto';
import path from 'node:path';
import { SidetapError } from '../errors.ts';
import { reachableHost } from '../tls/runtime-variables.ts';
import { findApplication, type Places } from './find.ts';
import type { Circumstances, LaunchPlan } from './plan.ts';

/** Browsers of Chromium's family. */
const places: Places = {
  linux: [
    ['chromium', 'Chromium'],
    ['google-chrome', 'Google Chrome'],
    ['google-chrome-stable', 'Google Chrome'],
    ['chromium-browser', 'Chromium'],
    ['microsoft-edge', 'Microsoft Edge'],
    ['microsoft-edge-stable', 'Microsoft Edge'],
    ['brave-browser', 'Brave'],
    ['vivaldi', 'Vivaldi'],
  ],
  mac: [['Google Chrome'], ['Chromium'], ['Microsoft Edge'], ['Brave Browser'], ['Vivaldi']],
  windows: [
    [String.raw`Google\Chrome\Application\chrome.exe`, 'Google Chrome'],
    [String.raw`Chromium\Application\chrome.exe`, 'Chromium'],
    [String.raw`Microsoft\Edge\Application\msedge.exe`, 'Microsoft Edge'],
    [String.raw`BraveSoftware\Brave-Browser\Application\brave.exe`, 'Brave'],
  ],
};

/** How a browser with a profile of its own is started, which trusts our CA and nobody else's bad certificates. Throws `launch-failed`. */
export function planChromium({ folder, outbound, authority, environment, platform, url, cwd }: Circumstances): LaunchPlan {
  const found = findApplication(places, environment, platform);
  if (found === null) {
    throw new SidetapError(
      'launch-failed',
      'No Chromium was found on this machine. Install Chromium, Google Chrome, Edge or Brave.',
    );
  }
  const profile = path.join(folder, 'profile');
  const host = reachableHost(outbound.host);
  return {
    program: found.name,
    file: found.file,
    args: [
      `--user-data-dir=${profile}`,
      `--proxy-server=http://${host.includes(':') ? `[${host}]` : host}:${outbound.port}`,
      // Chromium keeps calls to this machine from a proxy unless it is told not to.
      '--proxy-bypass-list=<-loopback>',
      `--ignore-certificate-errors-spki-list=${spkiHash(authority.pem)}`,
      // QUIC goes past any proxy.
      '--disable-quic',
      '--no-first-run',
      '--no-default-browser-check',
      // Its own calls would stand between those of the user.
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-domain-reliability',
      '--disable-sync',
      '--disable-features=OptimizationHints,MediaRouter,Translate',
      // Nothing of this profile outlives it, so no keyring needs asking.
      ...(platform === 'linux' ? ['--password-store=basic'] : []),
      // As root on Linux it does not start with its sandbox.
      ...(platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      url,
    ],
    environment,
    cwd,
    signs: ['SingletonLock', 'lockfile'].map((name) => path.join(profile, name)),
    hasShell: false,
    note: '',
  };
}

/** Of the key that a certificate is for, as Chromium names it: SHA-256, base64. */
export function spkiHash(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
