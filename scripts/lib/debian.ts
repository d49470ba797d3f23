import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.ts';

/** Programs that tests run as real clients, servers and browsers, and the Debian packages of each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  nginx: 'nginx-light',
  curl: 'curl',
  wget: 'wget',
  openssl: 'openssl',
  python3: 'python3',
  fish: 'fish',
  git: 'git',
  java: 'default-jdk-headless',
  javac: 'default-jdk-headless',
  keytool: 'default-jdk-headless',
  dockerd: 'docker.io',
  iptables: 'iptables',
  nft: 'nftables',
  ip: 'iproute2',
  busybox: 'busybox-static',
  setcap: 'libcap2-bin',
  podman: 'podman netavark aardvark-dns',
  php: 'php-cli php-curl',
  'redis-server': 'redis-server',
  'redis-cli': 'redis-tools',
  psql: 'postgresql postgresql-contrib',
  memcached: 'memcached',
  memccat: 'libmemcached-tools',
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  'nats-server': 'nats-server',
  'rabbitmq-server': 'rabbitmq-server',
  kcat: 'kcat',
  aiosmtpd: 'python3-aiosmtpd',
  dnsmasq: 'dnsmasq-base',
  dig: 'bind9-dnsutils',
  mariadbd: 'mariadb-server mariadb-client',
  h2load: 'nghttp2-client',
  nghttpd: 'nghttp2-server',
  nghttpx: 'nghttp2-proxy',
  // For Python's gRPC, which is no program.
  protoc: 'protobuf-compiler',
  grpc_python_plugin: 'protobuf-compiler-grpc python3-grpcio',
  // It brings Python's requests too.
  http: 'httpie',
  xterm: 'xterm',
  'xvfb-run': 'xvfb xauth',
  certutil: 'libnss3-tools',
  go: 'golang-go',
  mcs: 'mono-mcs',
  mono: 'mono-runtime libmono-system-net-http4.0-cil',
};

/** The programs that tests need and that are not on this machine. */
export function missingPrograms(): string[] {
  return Object.keys(PROGRAMS).filter((program) => findProgram(program) === null);
}

/** Where a program is: on PATH, or where Debian keeps those for root. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder: the next one.
    }
  }
  return null;
}

/**
 * Installs what tests need and is not there, when this is root on Debian; elsewhere it names what is missing, and the tests that need
 * it will fail.
 */
export async function ensureTestPrograms(): Promise<void> {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.flatMap((program) => (PROGRAMS[program] ?? program).split(' ')))];
  const named = `tests need ${missing.join(', ')}, which this machine does not have`;
  if (!isDebian() || process.getuid?.() !== 0) {
    console.log(`${named}; the tests that use them will fail. On Debian: sudo apt-get install ${packages.join(' ')}`);
    return;
  }
  console.log(`${named}: installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const steps = [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ];
  const letServicesStart = keepServicesFromStarting();
  try {
    for (const args of steps) {
      const { code, output } = await run('apt-get', args, { env });
      if (code !== 0)
        console.log(`apt-get ${args[0]} failed, so the tests that use these programs may fail:\n${output.slice(-2_000)}`);
    }
  } finally {
    letServicesStart();
  }
}

/** Debian asks this program, where there is one, whether the services of a package may start as it is installed (policy-rc.d(8)). */
const POLICY = '/usr/sbin/policy-rc.d';

/** Tests start servers of their own: nobody who runs them wants six databases and brokers to listen from then on. Returns what undoes it. */
function keepServicesFromStarting(): () => void {
  if (existsSync(POLICY)) return () => {};
  writeFileSync(POLICY, '#!/bin/sh\n# Made by npm test of Sidetap while it installs packages; may be removed.\nexit 101\n', {
    mode: 0o755,
  });
  return () => rmSync(POLICY, { force: true });
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    // No such file: another system.
    return false;
  }
}
