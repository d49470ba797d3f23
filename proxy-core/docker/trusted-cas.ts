import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type Docker from 'dockerode';
import { limits } from '../limits.ts';
import { trustVariableNames } from '../tls/runtime-variables.ts';
import { ContainerFiles } from './changes/container-files.ts';
import { aborted } from './daemon/wait.ts';

/** Where systems keep what they trust, in one file; the first that is there tells. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Alpine, distroless
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora, Red Hat, Amazon
  '/var/lib/ca-certificates/ca-bundle.pem', // SUSE
  '/etc/ssl/cert.pem',
];

/**
 * The CAs that the programs of a container trust beside those that Node brings, PEM, one certificate each: a company's own, or that of a test network.
 * The agent trusts them too, so that it reads what the application could read. Without those that Docker does not tell in time; what cannot be
 * verified then passes undecrypted. Never rejects.
 */
export async function trustedCas(docker: Docker, container: string): Promise<string[]> {
  const found = new Map<string, string>();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limits.containerCasMillis);
  try {
    await Promise.race([read(docker, container, found), aborted(late.signal)]);
  } catch {
    // A container that has just gone, or a Docker without the archive API: nothing is known of it then.
  } finally {
    clearTimeout(timer);
  }
  return [...found.values()];
}

async function read(docker: Docker, container: string, found: Map<string, string>): Promise<void> {
  const files = new ContainerFiles(docker, container);
  const { Config } = await docker.getContainer(container).inspect();
  for (const file of namedFiles(Config.Env ?? [])) await readBundle(files, file, found);
  for (const file of SYSTEM_BUNDLES) if (await readBundle(files, file, found)) return;
}

function namedFiles(environment: readonly string[]): string[] {
  const files = new Set<string>();
  for (const variable of environment) {
    const at = variable.indexOf('=');
    const value = variable.slice(at + 1);
    if (value.startsWith('/') && trustVariableNames.includes(variable.slice(0, at))) files.add(value);
  }
  return [...files];
}

/** Answers whether the file is there. */
async function readBundle(files: ContainerFiles, file: string, found: Map<string, string>): Promise<boolean> {
  const real = await files.realPath(file);
  const bundle = real === null ? null : await files.read(real, limits.containerBundleBytes);
  if (bundle === null) return false;
  for (const [pem] of bundle.content.toString('latin1').matchAll(CERTIFICATE)) {
    const key = keyOf(pem);
    if (!known().has(key) && !found.has(key) && found.size < limits.containerCas && isCa(pem)) found.set(key, pem);
  }
  return true;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,20000}-----END CERTIFICATE-----/g;

let nodes: Set<string> | null = null;

function known(): Set<string> {
  nodes ??= new Set(rootCertificates.map(keyOf));
  return nodes;
}

/** Line ends differ from bundle to bundle. */
function keyOf(pem: string): string {
  return pem.replace(/\s/g, '');
}

function isCa(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false; // not one that anybody can use
  }
}
