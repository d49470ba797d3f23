import { runtimeVariables, type TrustFiles } from '../tls/runtime-variables.ts';
import { type Finding, ok, skipped, warning } from './check.ts';
import { type Address, reachable } from './listeners.ts';

const remedy =
  'start the application with "sidetap start capture -- COMMAND", or paste the lines that "sidetap start capture" prints into this shell';

const proxyNames = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'] as const;
const exceptionNames = ['NO_PROXY', 'no_proxy'] as const;
const routingNames = new Set<string>([
  ...proxyNames,
  ...exceptionNames,
  'NODE_USE_ENV_PROXY',
  'grpc_proxy',
  'no_grpc_proxy',
  'JAVA_TOOL_OPTIONS',
]);

/** Whether programs that are started from the asking shell go through the capture. */
export async function checkShellRouting(
  env: NodeJS.ProcessEnv | null,
  outbound: Address | null,
  trust: TrustFiles,
  platform: NodeJS.Platform,
): Promise<Finding> {
  if (env === null) return skipped('Run "sidetap doctor" in the terminal that starts the application to check its variables.');
  const proxies = proxyNames.filter((name) => (env[name] ?? '') !== '');
  if (outbound === null) return checkStaleProxy(env, proxies);
  if (proxies.length === 0) return warning(`This shell has no proxy variables, so its programs go past the capture; ${remedy}.`);
  const expected = runtimeVariables({ outbound, trust, current: env, platform });
  const elsewhere = proxies.find((name) => !sameProxy(env[name], expected[name]));
  if (elsewhere !== undefined) {
    return warning(`${elsewhere} is ${env[elsewhere]}, not the capture at ${expected[elsewhere]}; ${remedy}.`);
  }
  const exception = exceptionNames.find((name) => (env[name] ?? '') !== '');
  if (exception !== undefined) {
    return warning(
      `${exception}=${env[exception]} leaves those hosts out of the capture; empty it if you want to see them (export ${exception}=).`,
    );
  }
  const missing = different(env, expected).filter((name) => routingNames.has(name));
  if (missing.length > 0)
    return warning(`${missing.join(', ')} not set as needed, so some runtimes go past the capture; ${remedy}.`);
  return ok('The variables of this shell send its programs through the capture.');
}

/** Whether programs that are started from the asking shell trust our CA. */
export function checkShellTrust(
  env: NodeJS.ProcessEnv | null,
  outbound: Address | null,
  trust: TrustFiles,
  platform: NodeJS.Platform,
): Finding {
  if (env === null) return skipped('Run "sidetap doctor" in the terminal that starts the application to check its variables.');
  if (outbound === null) return skipped('Nothing is captured, so the variables of this shell need not name the CA.');
  const expected = runtimeVariables({ outbound, trust, current: env, platform });
  const missing = different(env, expected).filter((name) => !routingNames.has(name));
  if (missing.length === 0) return ok('The variables of this shell make its programs trust the CA.');
  return warning(
    `${missing.join(', ')} not set to Sidetap's files, so some runtimes refuse its certificates and pass undecrypted; ${remedy}.`,
  );
}

/** While nothing is captured, variables that point at a capture that is gone make every request fail. */
async function checkStaleProxy(env: NodeJS.ProcessEnv, proxies: readonly (typeof proxyNames)[number][]): Promise<Finding> {
  for (const name of proxies) {
    const address = localAddress(env[name] ?? '');
    if (address === null || (await reachable(address)) === null) continue;
    return warning(
      `${name} is ${env[name]}, where nothing listens, so requests from this shell fail; start capture, or run: unset ${proxies.join(' ')}`,
    );
  }
  return skipped('Nothing is captured, so the variables of this shell need not point anywhere.');
}

function different(env: NodeJS.ProcessEnv, expected: Readonly<Record<string, string>>): string[] {
  return Object.keys(expected).filter((name) => (env[name] ?? '') !== expected[name]);
}

function sameProxy(actual: string | undefined, expected: string | undefined): boolean {
  const [one, other] = [actual, expected].map((text) => localAddress(text ?? ''));
  return one !== null && one !== undefined && other !== null && other !== undefined && one.port === other.port;
}

/** Host and port of a proxy on this machine, however written; null for one elsewhere. */
function localAddress(proxy: string): Address | null {
  const url = URL.parse(proxy.includes('://') ? proxy : `http://${proxy}`);
  if (url === null) return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host !== 'localhost' && host !== '::1' && !host.startsWith('127.')) return null;
  return { host, port: Number(url.port) || 80 };
}
