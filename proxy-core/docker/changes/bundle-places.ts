import path from 'node:path/posix';
import { limits } from '../../limits.ts';
import { trustVariableNames } from '../../tls/runtime-variables.ts';
import type { ContainerFiles } from './container-files.ts';
import type { Inspected } from './docker-calls.ts';
import type { FileMeta } from './record.ts';
import { subjectHash } from './subject-hash.ts';

/** Where systems keep the roots that they trust, in one file. Several are links to others. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Alpine, Arch, distroless
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora, Red Hat, Amazon
  '/etc/pki/tls/certs/ca-bundle.crt', // the same, as OpenSSL and curl know it
  '/etc/pki/tls/cert.pem',
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/var/lib/ca-certificates/ca-bundle.pem',
  '/etc/ssl/cert.pem', // Alpine; OpenSSL's own default elsewhere
  '/etc/ssl/certs/ca-bundle.crt', // Nix
  '/etc/ca-certificates/extracted/tls-ca-bundle.pem', // Arch
  '/usr/lib/ssl/cert.pem', // OpenSSL's default on Debian
  '/usr/local/ssl/cert.pem', // OpenSSL built from source
  '/opt/conda/ssl/cacert.pem', // Conda
];

/** Folders in which OpenSSL looks certificates up by the hash of their subject: the only way of Python and Ruby on Debian. */
const hashedFolders = ['/etc/ssl/certs', '/var/lib/ca-certificates/openssl', '/usr/local/ssl/certs'];

/** Folders that hold `python3.X`, beside the one of a virtual environment. */
const pythonFolders = [
  '/usr/local/lib',
  '/usr/lib',
  '/opt/conda/lib',
  '/opt/venv/lib',
  '/venv/lib',
  '/app/.venv/lib',
  '/app/venv/lib',
];
const pythonVersions = Array.from({ length: 10 }, (_, index) => `python3.${index + 6}`);
/** Below a version's folder: certifi, on which requests and httpx rely, and the copy that pip brings. */
const certifiPlaces = [
  'site-packages/certifi/cacert.pem',
  'dist-packages/certifi/cacert.pem',
  'site-packages/pip/_vendor/certifi/cacert.pem',
];

export type FoundBundle = { readonly path: string; readonly content: Buffer; readonly meta: FileMeta };

export type FoundPlaces = {
  readonly bundles: readonly FoundBundle[];
  /** Folders of hashed names that are in use. */
  readonly hashed: readonly string[];
  /** Bundles that come from outside the container, so that a change to them would reach further than it. */
  readonly mounted: readonly FoundBundle[];
};

/** The bundles of a container that its programs may read; each file once, whatever the number of names it has. */
export async function findPlaces(files: ContainerFiles, inspected: Inspected): Promise<FoundPlaces> {
  const isMounted = await mountTest(files, inspected);
  const bundles = new Map<string, FoundBundle>();
  const mounted = new Map<string, FoundBundle>();
  for (const candidate of await candidates(files, inspected)) {
    const real = await files.realPath(candidate);
    if (real === null || bundles.has(real) || mounted.has(real)) continue;
    const file = await files.read(real, limits.containerBundleBytes);
    if (file !== null && isBundle(file.content)) (isMounted(real) ? mounted : bundles).set(real, { path: real, ...file });
  }
  const found = [...bundles.values()];
  const hashed: string[] = [];
  for (const folder of hashedFolders) {
    const real = await files.realPath(folder);
    if (real === null || hashed.includes(real) || isMounted(real)) continue;
    if (await isHashed(files, real, found)) hashed.push(real);
  }
  return { bundles: found, hashed, mounted: [...mounted.values()] };
}

/** The variables of a container. */
export function environmentOf(inspected: Inspected): Record<string, string> {
  // Docker answers null where there are none.
  const pairs: readonly string[] = inspected.Config.Env ?? [];
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return at === -1 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

async function candidates(files: ContainerFiles, inspected: Inspected): Promise<string[]> {
  const environment = environmentOf(inspected);
  const named = trustVariableNames.map((name) => environment[name] ?? '').filter((value) => value.startsWith('/'));
  return [...named, ...systemBundles, ...(await certifi(files, environment['VIRTUAL_ENV']))];
}

async function certifi(files: ContainerFiles, virtualEnvironment: string | undefined): Promise<string[]> {
  const folders = [...pythonFolders];
  if (virtualEnvironment?.startsWith('/') === true) folders.push(path.join(virtualEnvironment, 'lib'));
  const found = ['/usr/lib/python3/dist-packages/certifi/cacert.pem']; // Debian's own package
  for (const folder of folders) {
    if ((await files.realPath(folder)) === null) continue;
    for (const version of pythonVersions) {
      const python = path.join(folder, version);
      if ((await files.realPath(python)) !== null) found.push(...certifiPlaces.map((place) => path.join(python, place)));
    }
  }
  return found;
}

/** Tells whether a real path lies in what is mounted into the container. */
async function mountTest(files: ContainerFiles, inspected: Inspected): Promise<(real: string) => boolean> {
  const targets = [...inspected.Mounts.map((mount) => mount.Destination), ...Object.keys(inspected.HostConfig.Tmpfs ?? {})];
  const real = await Promise.all(targets.map(async (target) => (await files.realPath(path.normalize(target))) ?? target));
  const folders = [...targets, ...real];
  return (file) => folders.some((folder) => file === folder || file.startsWith(`${folder}/`));
}

function isBundle(content: Buffer): boolean {
  return /-----BEGIN (TRUSTED )?CERTIFICATE-----/.test(content.toString('latin1'));
}

/** Whether a folder has hashed names, asked by those that the first certificates of the bundles would have. */
async function isHashed(files: ContainerFiles, folder: string, bundles: readonly FoundBundle[]): Promise<boolean> {
  for (const { content } of bundles) {
    const certificates = content.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    for (const certificate of certificates.slice(0, 2)) {
      const hash = hashOrNull(certificate);
      if (hash !== null && (await files.stat(path.join(folder, `${hash}.0`))) !== null) return true;
    }
  }
  return false;
}

function hashOrNull(certificate: string): string | null {
  try {
    return subjectHash(certificate);
  } catch {
    return null; // a certificate that cannot be read tells nothing
  }
}
