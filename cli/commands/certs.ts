import { prepareDataDir, resolveDataDir } from '../../proxy-core/data-dir.ts';
import { SidetapError } from '../../proxy-core/errors.ts';
import { openCertificateAuthority } from '../../proxy-core/tls/authority.ts';
import { trustInstructions } from '../../proxy-core/tls/instructions.ts';
import { writeTrustFiles } from '../../proxy-core/tls/trust-store.ts';
import { exitCodes, print } from '../output.ts';
import { styled } from '../text.ts';

export interface CertsOptions {
  path?: boolean;
  pem?: boolean;
  p12?: boolean;
  dataDir?: string;
}

/** Works without an engine: the CA is files. */
export async function certs(options: CertsOptions): Promise<number> {
  if ([options.path, options.pem, options.p12].filter((chosen) => chosen === true).length > 1) {
    throw new SidetapError('bad-usage', 'Choose one of --path, --pem and --p12.');
  }
  const dataDir = resolveDataDir(options.dataDir);
  prepareDataDir(dataDir);
  const authority = await openCertificateAuthority(dataDir);
  if (options.path === true) {
    await print(`${authority.caPath}\n`);
  } else if (options.pem === true) {
    await print(authority.pem);
  } else {
    const trust = await writeTrustFiles(dataDir, authority);
    if (options.p12 === true) {
      await print(`${trust.p12Path}\n`);
    } else {
      const instructions = trustInstructions(trust).map(
        ({ title, steps }) => `${styled('bold', title)}\n${steps.map((step) => `  ${step.replaceAll('\n', '\n  ')}`).join('\n')}\n`,
      );
      await print(`CA             ${authority.caPath}
Fingerprint    ${authority.sha256} (SHA-256)
Valid until    ${authority.notAfter.toISOString().slice(0, 10)}
All roots      ${trust.bundlePath} (the usual ones and this CA)
Java           ${trust.p12Path} (PKCS #12, password ${trust.p12Password})

${instructions.join('\n')}`);
    }
  }
  return exitCodes.done;
}
