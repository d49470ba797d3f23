import { prepareDataDir, resolveDataDir } from '../../proxy-core/data-dir.ts';
import { openCertificateAuthority } from '../../proxy-core/tls/authority.ts';
import { writeTrustFiles } from '../../proxy-core/tls/trust-store.ts';
import { exitCodes, print } from '../output.ts';

export async function init(options: { dataDir?: string }): Promise<number> {
  const dataDir = resolveDataDir(options.dataDir);
  prepareDataDir(dataDir);
  const authority = await openCertificateAuthority(dataDir);
  await writeTrustFiles(dataDir, authority);
  await print(`Sidetap is ready.

  Data directory   ${dataDir}
  CA               ${authority.caPath} (its key never leaves that directory)

Next:
  sidetap start capture --port 3000               your app listens on 3000; call it on 4143 instead
  sidetap start capture --port 3000 -- COMMAND    the same, and what COMMAND calls is captured too
  sidetap certs                                   make other programs trust the CA
  sidetap inspect                                 the window
`);
  return exitCodes.done;
}
