import { readFile } from 'node:fs/promises';
import path from 'node:path/posix';
import { limits } from '../../limits.ts';
import type { CertificateAuthority } from '../../tls/authority.ts';
import { readStore } from '../../tls/java-roots.ts';
import { type TrustFiles, trustVariables } from '../../tls/runtime-variables.ts';
import { certificatesIn, javaStore, pemBundle, writeTrustFiles } from '../../tls/trust-store.ts';
import { environmentOf, findPlaces } from './bundle-places.ts';
import type { ContainerFiles, NewFile } from './container-files.ts';
import type { Inspected } from './docker-calls.ts';
import type { FileMeta } from './record.ts';

/** Where the files are that make a twin, or a started image, trust us. */
export const trustFolder = '/.sidetap';

const trustFiles: TrustFiles = {
  caPath: `${trustFolder}/ca.pem`,
  bundlePath: `${trustFolder}/ca-bundle.pem`,
  p12Path: `${trustFolder}/truststore.p12`,
  p12Password: 'changeit', // as in proxy mode; nothing in the store is secret
};

/** Where images keep Java's own store, beside what JAVA_HOME says. */
const javaStores = ['/etc/ssl/certs/java/cacerts', '/etc/pki/java/cacerts', '/opt/java/openjdk/lib/security/cacerts'];

/**
 * The files that a twin, or a started image, gets. The variables that name them replace what a runtime trusts by itself; so they hold what
 * the container trusted before (its system's bundles, those that its variables name, its Java store), and the usual roots.
 */
export async function trustMaterial(
  dataDir: string,
  authority: Pick<CertificateAuthority, 'caPath' | 'pem'>,
  files: ContainerFiles,
  inspected: Inspected,
): Promise<NewFile[]> {
  const usual = await writeTrustFiles(dataDir, authority);
  const { bundles, mounted } = await findPlaces(files, inspected);
  const roots = [
    ...certificatesIn(authority.pem),
    ...[...bundles, ...mounted].flatMap(({ content }) => certificatesIn(content.toString('latin1'))),
    ...certificatesIn(await readFile(usual.bundlePath, 'latin1')),
  ];
  const java = [...(await javaRootsOf(files, inspected)), ...readStore(await readFile(usual.p12Path))];
  const meta: FileMeta = { mode: 0o644, uid: 0, gid: 0, mtime: `${Math.floor(Date.now() / 1000)}.000000000` };
  return [
    { path: trustFiles.caPath, content: Buffer.from(authority.pem), meta },
    { path: trustFiles.bundlePath, content: Buffer.from(pemBundle(roots)), meta },
    { path: trustFiles.p12Path, content: javaStore([...roots, ...java]), meta },
  ];
}

/** A container's variables with ours laid over them; those in `kept` stay as they are. */
export function trustedEnvironment(environment: Readonly<Record<string, string>>, kept: ReadonlySet<string>): string[] {
  const ours = Object.entries(trustVariables({ trust: trustFiles, current: environment })).filter(([name]) => !kept.has(name));
  return Object.entries({ ...environment, ...Object.fromEntries(ours) }).map(([name, value]) => `${name}=${value}`);
}

async function javaRootsOf(files: ContainerFiles, inspected: Inspected): Promise<Uint8Array[]> {
  const environment = environmentOf(inspected);
  const home = environment['JAVA_HOME'];
  const named = /-Djavax\.net\.ssl\.trustStore=(\S+)/.exec(environment['JAVA_TOOL_OPTIONS'] ?? '')?.[1];
  const places = [...javaStores];
  if (home?.startsWith('/') === true)
    places.push(path.join(home, 'lib/security/cacerts'), path.join(home, 'jre/lib/security/cacerts'));
  if (named?.startsWith('/') === true) places.push(named);
  const roots: Uint8Array[] = [];
  for (const place of places) {
    const real = await files.realPath(place);
    const file = real === null ? null : await files.read(real, limits.containerBundleBytes);
    if (file !== null) roots.push(...readStore(file.content));
  }
  return roots;
}
