import type { CertificateAuthority } from '../tls/authority.ts';
import type { TrustFiles } from '../tls/runtime-variables.ts';

/** What a program is opened with. */
export interface Circumstances {
  /** A folder for this program alone, readable for its owner only; it is removed afterwards. */
  folder: string;
  /** The outbound listener, as it is bound. */
  outbound: { readonly host: string; readonly port: number };
  authority: Pick<CertificateAuthority, 'caPath' | 'pem'>;
  trust: TrustFiles;
  /** Of the user, without what was set for the engine. */
  environment: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** What a browser shows first. */
  url: string;
  /** Where a terminal begins. */
  cwd: string;
}

/** How a program is started, and how one sees that it is there. */
export interface LaunchPlan {
  /** What people call it. */
  program: string;
  file: string;
  args: readonly string[];
  environment: NodeJS.ProcessEnv;
  cwd: string;
  /** Files of which one appears when its window is about to; of a terminal the one that holds its shell's process id. */
  signs: readonly string[];
  /** A terminal: the program may hand over to another process, so it lives as long as the shell whose id its sign holds. */
  hasShell: boolean;
  /** See `Launched.note`. */
  note: string;
}
