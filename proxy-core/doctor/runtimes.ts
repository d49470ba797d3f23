import fs from 'node:fs/promises';
import path from 'node:path';
import { assertNever } from '../errors.ts';
import type { Check } from '../rrpair/results.ts';
import type { CertificateAuthority } from '../tls/authority.ts';
import { runtimeVariables, type TrustFiles } from '../tls/runtime-variables.ts';
import { check, type Finding, failed, ok, skipped, warning } from './check.ts';
import { type Client, type ClientResult, clients, runClient } from './clients.ts';
import { startHttp, startHttps, startProxy } from './servers.ts';

const bodies = { direct: 'sidetap-direct', proxied: 'sidetap-proxied', secure: 'sidetap-secure' } as const;

/**
 * Lets each runtime make a plain request to localhost and one over TLS to a leaf of ours, with the variables that an application under
 * capture gets. A proxy of the doctor's own stands in for the capture, so that this works while nothing is captured.
 */
export async function* checkRuntimes(
  authority: CertificateAuthority,
  trust: TrustFiles,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): AsyncGenerator<Check> {
  const ending = new AbortController();
  const plain = await startHttp(bodies.direct);
  const secure = await startHttps(bodies.secure, await authority.contextFor('localhost'));
  const proxy = await startProxy(bodies.proxied);
  const outbound = { host: '127.0.0.1', port: proxy.port };
  const base = ownEnvironment(env);
  const childEnv = { ...base, ...runtimeVariables({ outbound, trust, current: base, platform }) };
  const tries = clients.map((client) => ({
    client,
    route: runClient(client, `http://localhost:${plain.port}/`, { env: childEnv, signal: ending.signal }),
    trust: runClient(client, `https://localhost:${secure.port}/`, { env: childEnv, signal: ending.signal }),
  }));
  const all = Promise.allSettled(tries.flatMap(({ route, trust }) => [route, trust]));
  try {
    for (const { client, route, trust } of tries) {
      yield await check(`routing-${client.id}`, `${client.title} goes through the capture`, async () =>
        routeFinding(client, await route),
      );
      yield await check(`trust-${client.id}`, `${client.title} trusts the CA`, async () => trustFinding(client, await trust));
    }
  } finally {
    ending.abort(); // ends the children when whoever asked has gone
    await all;
    await Promise.all([plain, secure, proxy].map(async (server) => server.close()));
  }
}

/** Runtimes that leave localhost out of any proxy, whatever their variables say, where they are installed. */
export async function* checkLoopback(env: NodeJS.ProcessEnv): AsyncGenerator<Check> {
  const stubborn = [
    {
      id: 'go',
      title: 'Go calls localhost past any proxy',
      advice:
        'Go never sends calls to localhost or 127.0.0.1 through a proxy; give the service a name of its own in the hosts file (127.0.0.1 service.test) and call that.',
    },
    {
      id: 'ruby',
      title: 'Ruby calls localhost past any proxy',
      advice:
        'Ruby never sends calls to this machine through a proxy from the environment; put a second capture in front of the service that is called and call that.',
    },
  ];
  for (const { id, title, advice } of stubborn) {
    if (await isInstalled(id, env)) yield await check(`loopback-${id}`, title, () => warning(advice));
  }
}

function routeFinding(client: Client, result: ClientResult): Finding {
  const found = unusual(client, result);
  if (found !== null) return found;
  const body = result.kind === 'answered' ? result.body : '';
  if (body === bodies.proxied)
    return ok(`With the variables, ${client.title} sends its requests through the proxy, those to localhost too.`);
  if (body !== bodies.direct) return failed(`${client.title} got an answer from elsewhere; look for a proxy in its own settings.`);
  if (client.id === 'node') {
    return warning(
      'This Node does not obey the proxy variables; use Node 22.21, 24.5 or later, or give the application a proxy agent.',
    );
  }
  return warning(`${client.title} called localhost past the proxy; look for an exception for localhost in its own settings.`);
}

function trustFinding(client: Client, result: ClientResult): Finding {
  const found = unusual(client, result);
  if (found !== null) return found;
  return ok(`With the variables, ${client.title} accepts a certificate of ours.`);
}

/** What both checks say of a try that brought no answer; null when it did. */
function unusual(client: Client, result: ClientResult): Finding | null {
  switch (result.kind) {
    case 'answered':
      return null;
    case 'missing':
      return skipped(`${client.title} is not installed here.`);
    case 'cannot-run':
      return skipped(`${client.title} was not tried: ${result.because}.`);
    case 'failed':
      return failed(`${client.title} could not make the request (${result.message}); run "sidetap certs" for how to set it up.`);
    default:
      return assertNever(result);
  }
}

/** Without what Electron and our own parent process add, which would change what a child is. */
function ownEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:ELECTRON_|NODE_CHANNEL_)/.test(name)));
}

async function isInstalled(program: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const folder of (env['PATH'] ?? '').split(path.delimiter)) {
    const found = await fs.access(path.join(folder, program), fs.constants.X_OK).then(
      () => true,
      () => false, // most folders do not have it
    );
    if (found) return true;
  }
  return false;
}
