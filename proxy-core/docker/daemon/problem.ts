import { messageOf, SidetapError } from '../../errors.ts';
import type { Endpoint } from './endpoint.ts';

/** Why nothing answers at an endpoint. */
export interface Failure {
  endpoint: Endpoint;
  error: unknown;
}

const NOTICES = 'Sidetap notices by itself when it is there.';

/** One sentence, or two, on why Docker cannot be used and what to do. Of several places, the one that is closest to working counts. */
export function problemOf(failures: readonly Failure[], named: boolean, platform: NodeJS.Platform): string {
  const worst = failures.toSorted((a, b) => rank(a) - rank(b))[0];
  if (worst === undefined || (rank(worst) === ABSENT && !named)) {
    return `Docker was not found on this machine. Install or start it (or Podman and its socket), or say with DOCKER_HOST where it is. ${NOTICES}`;
  }
  const { endpoint, error } = worst;
  if (error instanceof SidetapError) return error.message;
  const where = 'socketPath' in endpoint.address ? endpoint.address.socketPath : endpoint.url;
  const tls = tlsProblem(endpoint, error, where);
  if (tls !== null) return tls;
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return permission(where, platform);
    case 'ENOENT':
      return `There is no Docker at ${where}: it is not running, or elsewhere. Start it, or say with DOCKER_HOST where it is. ${NOTICES}`;
    case 'ECONNREFUSED':
      return `Docker at ${where} is not running. ${howToStart(where, platform)} ${NOTICES}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host of ${where} cannot be found; check DOCKER_HOST or \`docker context ls\`. ${NOTICES}`;
    default:
      return `Docker at ${where} does not answer as it should (${messageOf(error).trim()}). See whether \`docker version\` works. ${NOTICES}`;
  }
}

/** What goes wrong with TLS and certificates, which comes in words for programmers; null when it is nothing of that. */
function tlsProblem({ address }: Endpoint, error: unknown, where: string): string | null {
  if ('socketPath' in address) return null;
  const code = codeOf(error);
  if (address.tls === null) {
    // What a server in Go says in clear when it expects TLS.
    if ((error as { statusCode?: unknown }).statusCode !== 400) return null;
    return `Docker at ${where} wants TLS. Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder of its ca.pem and your cert.pem and key.pem, and start Sidetap again.`;
  }
  if (code === 'EPROTO')
    return `What listens at ${where} does not speak TLS. Unset DOCKER_TLS_VERIFY, or correct the port, and start Sidetap again.`;
  if (/^ERR_SSL_.*ALERT/.test(code)) {
    return `Docker at ${where} lets in only clients whose certificate it knows. Put a cert.pem that its CA signed, with its key.pem, into DOCKER_CERT_PATH or the Docker context, and start Sidetap again.`;
  }
  if (/^ERR_TLS_CERT|CERT|SIGNATURE/.test(code)) {
    return `The certificate of Docker at ${where} is not to be trusted (${messageOf(error).replace(/;.*/s, '')}). Put the ca.pem that signed it into DOCKER_CERT_PATH or the Docker context, name Docker as the certificate does, and start Sidetap again.`;
  }
  return null;
}

function permission(where: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `This user may not use Docker at ${where}. Add it to the group docker-users and log in again.`;
  if (isPodmans(where)) return `This user may not use Podman at ${where}. Use its own: \`${OWN_PODMAN}\`. ${NOTICES}`;
  return `This user may not use Docker at ${where}. Run \`sudo usermod -aG docker $USER\` and log in again, or use rootless Docker.`;
}

const OWN_PODMAN = 'systemctl --user start podman.socket';

function isPodmans(where: string): boolean {
  return where.endsWith('podman.sock');
}

function howToStart(where: string, platform: NodeJS.Platform): string {
  if (platform === 'linux' && isPodmans(where)) {
    const command = where.startsWith('/run/podman/') ? 'sudo systemctl start podman.socket' : OWN_PODMAN;
    return `Start it, for example with \`${command}\`.`;
  }
  return platform === 'linux' ? 'Start it, for example with `sudo systemctl start docker`.' : 'Start Docker Desktop.';
}

const ABSENT = 3;

function rank({ error }: Failure): number {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
      return 1;
    case 'ECONNREFUSED':
      return 2;
    case 'ENOENT':
      return ABSENT;
    default:
      return 0;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
