import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { SidetapError } from '../errors.ts';
import { limits } from '../limits.ts';
import { reachableHost } from '../tls/runtime-variables.ts';
import { findApplication, findProgram, type Places } from './find.ts';
import type { Circumstances, LaunchPlan } from './plan.ts';

const places: Places = {
  linux: [
    ['firefox', 'Firefox'],
    ['firefox-esr', 'Firefox ESR'],
    ['librewolf', 'LibreWolf'],
  ],
  mac: [
    ['Firefox', 'firefox'],
    ['Firefox Developer Edition', 'firefox'],
    ['LibreWolf', 'librewolf'],
  ],
  windows: [[String.raw`Mozilla Firefox\firefox.exe`, 'Firefox']],
};

const run = promisify(execFile);

/** Makes a profile and says how Firefox is started with it. Throws `launch-failed`. */
export async function planFirefox(circumstances: Circumstances): Promise<LaunchPlan> {
  const { folder, environment, platform, url, cwd } = circumstances;
  const found = findApplication(places, environment, platform);
  if (found === null) throw new SidetapError('launch-failed', 'No Firefox was found on this machine. Install Firefox.');
  const profile = path.join(folder, 'profile');
  mkdirSync(profile, { mode: 0o700 });
  writeFileSync(path.join(profile, 'user.js'), userScript(circumstances), { mode: 0o600 });
  return {
    program: found.name,
    file: found.file,
    args: ['-no-remote', '-profile', profile, url],
    // Firefox remembers there what it was started by; a profile of its own has nothing to do with it.
    environment: { ...environment, MOZ_CRASHREPORTER_DISABLE: '1' },
    cwd,
    signs: ['lock', '.parentlock', 'parent.lock'].map((name) => path.join(profile, name)),
    hasShell: false,
    note: await trustedBy(profile, circumstances),
  };
}

/** Lets the profile trust our CA. Gives a sentence about what is left to do, or nothing. */
async function trustedBy(profile: string, { authority, environment, platform }: Circumstances): Promise<string> {
  // Elsewhere Firefox follows the system, and what is called certutil on Windows is another program.
  if (platform === 'darwin' || platform === 'win32') return followsSystem;
  const certutil = findProgram('certutil', environment);
  if (certutil === null)
    return `${cannotTrust} Install certutil (libnss3-tools, or nss-tools) and open it anew, or import ${authority.caPath} in its settings.`;
  const call = (...args: string[]): Promise<unknown> =>
    run(certutil, ['-d', `sql:${profile}`, ...args], { timeout: limits.launchSignMillis, env: environment });
  try {
    await call('-N', '--empty-password');
    await call('-A', '-t', 'C,,', '-n', 'sidetap', '-i', authority.caPath);
    return '';
  } catch {
    return `${cannotTrust} certutil failed; import ${authority.caPath} in its settings.`;
  }
}

const cannotTrust = 'Firefox does not trust Sidetap’s certificate yet, so https shows warnings.';
const followsSystem = 'Firefox trusts Sidetap’s certificate when the system does: see “Trust the certificate”.';

/** Preferences of the profile: through the proxy with everything, and nothing of Firefox’s own between the user’s calls. */
function userScript({ outbound, url }: Pick<Circumstances, 'outbound' | 'url'>): string {
  const host = reachableHost(outbound.host);
  const preferences: Readonly<Record<string, string | number | boolean>> = {
    'network.proxy.type': 1,
    'network.proxy.http': host,
    'network.proxy.http_port': outbound.port,
    'network.proxy.ssl': host,
    'network.proxy.ssl_port': outbound.port,
    'network.proxy.no_proxies_on': '',
    // Firefox keeps calls to this machine from a proxy unless it is told not to.
    'network.proxy.allow_hijacking_localhost': true,
    // QUIC goes past any proxy, and so would a browser's own DNS.
    'network.http.http3.enable': false,
    'network.trr.mode': 5,
    'security.enterprise_roots.enabled': true,
    'browser.startup.page': 1,
    'browser.startup.homepage': url,
    'browser.startup.homepage_override.mstone': 'ignore',
    'browser.aboutwelcome.enabled': false,
    'browser.newtabpage.enabled': false,
    'browser.shell.checkDefaultBrowser': false,
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
    'browser.safebrowsing.downloads.enabled': false,
    'browser.search.update': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'datareporting.healthreport.uploadEnabled': false,
    'toolkit.telemetry.enabled': false,
    'toolkit.telemetry.unified': false,
    'app.normandy.enabled': false,
    'app.update.auto': false,
    'extensions.getAddons.cache.enabled': false,
    'extensions.update.enabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'network.prefetch-next': false,
    'services.settings.server': 'data:,#none/v1',
  };
  return Object.entries(preferences)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join('');
}
