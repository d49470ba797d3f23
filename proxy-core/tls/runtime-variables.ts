import net from 'node:net';

/** Where trust is to be found; `writeTrustFiles` makes it. */
export type TrustFiles = {
  /** Our CA alone, PEM: for runtimes that add it to what they trust anyway. */
  readonly caPath: string;
  /** The usual roots and our CA, PEM: for runtimes whose variable replaces what they trust. */
  readonly bundlePath: string;
  /** The same as a PKCS #12 trust store, for Java. */
  readonly p12Path: string;
  /** Of the trust store. It holds nothing secret; Java wants one. */
  readonly p12Password: string;
};

export type RuntimeVariablesOptions = {
  /** The outbound listener, as it is bound. */
  readonly outbound: { readonly host: string; readonly port: number };
  readonly trust: TrustFiles;
  /** The environment that the variables are added to; `{}` where it is not known. */
  readonly current: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
};

/** Variables that hold options of which ours are only some: ours go behind what stands there. */
export const appendedVariables: ReadonlySet<string> = new Set(['JAVA_TOOL_OPTIONS']);

/**
 * The variables that send an application's outbound traffic through the capture and make it trust our certificates, to be laid over
 * `current`.
 *
 * Loopback is captured too: the second service on a developer's own machine is what they most want to see. So NO_PROXY is empty, whatever
 * it was: its entries name what a company's proxy cannot reach, while ours dials from the same machine as the application would. By
 * runtime, for calls to localhost:
 * - curl, Node, Python, Deno, Rust (reqwest), gRPC: go through the proxy once NO_PROXY is empty;
 * - Java: only with `http.nonProxyHosts` present and empty; when absent or not empty the JVM adds the loopback names itself;
 * - Go (net/http) and Ruby (URI#find_proxy): never; no variable changes that. `doctor` says so.
 *
 * ALL_PROXY is left alone: for HTTP it says nothing new, and it would send protocols to an HTTP proxy (ftp, ldap, git's own) that went
 * straight before. NODE_OPTIONS is left alone too: an older Node refuses to start over an option it does not know, but ignores a variable.
 */
export function runtimeVariables(options: RuntimeVariablesOptions): Record<string, string> {
  const { trust, current, platform } = options;
  const host = reachableHost(options.outbound.host);
  const { port } = options.outbound;
  const url = `http://${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    ...bothCases({ HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: '' }, platform),
    NODE_USE_ENV_PROXY: '1',
    grpc_proxy: url,
    no_grpc_proxy: '',
    ...trustVariables({ trust, current }),
    JAVA_TOOL_OPTIONS: appended(current['JAVA_TOOL_OPTIONS'], javaOptions([...javaRouting(host, port), ...javaTrust(trust)])),
  };
}

/** Variables whose file replaces what the runtime trusts by itself. */
const replacing = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'AWS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'CARGO_HTTP_CAINFO',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
  'npm_config_cafile',
] as const;

/** Variables whose file adds to it. A file that was added already is in the bundle, for there is room for one file only. */
const adding = ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'] as const;

/** The variables that name a file of trusted certificates, PEM. */
export const trustVariableNames: readonly string[] = [...replacing, ...adding];

/** Of `runtimeVariables` those that make an application trust our certificates, wherever its traffic goes. */
export function trustVariables({ trust, current }: Pick<RuntimeVariablesOptions, 'trust' | 'current'>): Record<string, string> {
  return {
    JAVA_TOOL_OPTIONS: appended(current['JAVA_TOOL_OPTIONS'], javaOptions(javaTrust(trust))),
    ...Object.fromEntries(replacing.map((name) => [name, trust.bundlePath])),
    ...Object.fromEntries(adding.map((name) => [name, oneFileFor(current[name], trust)])),
  };
}

/** The address for a client of a listener that is bound to every address of the machine. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  return host === '::' ? '::1' : host.replace(/^\[|\]$/g, '');
}

/**
 * curl reads `http_proxy` in lower case only (CVE-2016-5388: CGI servers turn a request's `Proxy` header into HTTP_PROXY), others upper case
 * first. On Windows names have no case, and two of them would be one variable set twice.
 */
function bothCases(variables: Record<string, string>, platform: NodeJS.Platform): Record<string, string> {
  if (platform === 'win32') return variables;
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => [[name, value] as const, [name.toLowerCase(), value] as const]),
  );
}

function oneFileFor(present: string | undefined, trust: TrustFiles): string {
  return present === undefined || present === '' || present === trust.caPath ? trust.caPath : trust.bundlePath;
}

/** Of two options that contradict each other the JVM takes the last. */
function appended(present: string | undefined, ours: string): string {
  if (present === undefined || present.trim() === '') return ours;
  return present.endsWith(ours) ? present : `${present} ${ours}`;
}

function javaRouting(host: string, port: number): string[] {
  return [
    `-Dhttp.proxyHost=${host}`,
    `-Dhttp.proxyPort=${port}`,
    `-Dhttps.proxyHost=${host}`,
    `-Dhttps.proxyPort=${port}`,
    '-Dhttp.nonProxyHosts=',
  ];
}

function javaTrust(trust: TrustFiles): string[] {
  return [
    `-Djavax.net.ssl.trustStore=${trust.p12Path}`,
    '-Djavax.net.ssl.trustStoreType=PKCS12',
    `-Djavax.net.ssl.trustStorePassword=${trust.p12Password}`,
  ];
}

function javaOptions(options: readonly string[]): string {
  return options.map(javaToken).join(' ');
}

/** The JVM splits its variable at white space and takes quotes of either kind away, anywhere in a word; it knows no escape. */
function javaToken(text: string): string {
  if (!/[\s'"]/.test(text)) return text;
  return text
    .split(/('+)/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith("'") ? `"${part}"` : `'${part}'`))
    .join('');
}
