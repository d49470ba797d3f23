import { SidetapError } from '../../errors.ts';
import type { CertificateAuthority } from '../../tls/authority.ts';
import { trustInstructions } from '../../tls/instructions.ts';
import type { TrustFiles } from '../../tls/runtime-variables.ts';
import { setupSnippet } from '../../tls/snippets.ts';
import type { CaptureStatus } from '../contract.ts';
import type { Handlers } from '../handlers.ts';
import type { Jobs } from './jobs.ts';

export interface TrustParts {
  dataDir: string;
  authority: () => Promise<CertificateAuthority>;
  jobs: Jobs;
  capture: () => CaptureStatus;
}

/** How clients come to trust us, and how an application is started under capture. */
export function trustHandlers({ dataDir, authority, jobs, capture }: TrustParts): Pick<Handlers, 'certificates' | 'setup'> {
  // Reads hundreds of certificates.
  const trustFiles = ({ caPath, pem }: CertificateAuthority): Promise<TrustFiles> => jobs.trustFiles(dataDir, { caPath, pem });
  return {
    certificates: async () => {
      const ca = await authority();
      const trust = await trustFiles(ca);
      return {
        caPath: ca.caPath,
        pem: ca.pem,
        sha256: ca.sha256,
        notAfter: ca.notAfter.toISOString(),
        instructions: trustInstructions(trust),
      };
    },
    setup: async ({ shell }) => {
      const { outbound, app } = capture();
      if (outbound === null) {
        throw new SidetapError('not-capturing', 'Capture is off, so there is nothing to send traffic to. Switch it on first.');
      }
      const trust = await trustFiles(await authority());
      const target = app === null ? [] : ['--port', app];
      return setupSnippet(shell, { outbound, trust, command: ['sidetap', 'start', 'capture', ...target, '--', 'COMMAND'] });
    },
  };
}
