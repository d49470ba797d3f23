import { expect, test } from 'vitest';
import { runtimeVariables } from './runtime-variables.ts';

const trust = { caPath: '/d/ca.pem', bundlePath: '/d/ca-bundle.pem', p12Path: '/d/truststore.p12', p12Password: 'changeit' };
const outbound = { host: '127.0.0.1', port: 4140 };

test('routes and is trusted by every runtime of the list', () => {
  expect(runtimeVariables({ outbound, trust, current: {}, platform: 'linux' })).toEqual({
    HTTP_PROXY: 'http://127.0.0.1:4140',
    http_proxy: 'http://127.0.0.1:4140',
    HTTPS_PROXY: 'http://127.0.0.1:4140',
    https_proxy: 'http://127.0.0.1:4140',
    NO_PROXY: '',
    no_proxy: '',
    NODE_USE_ENV_PROXY: '1',
    grpc_proxy: 'http://127.0.0.1:4140',
    no_grpc_proxy: '',
    JAVA_TOOL_OPTIONS:
      '-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=4140 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4140 -Dhttp.nonProxyHosts= ' +
      '-Djavax.net.ssl.trustStore=/d/truststore.p12 -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=changeit',
    SSL_CERT_FILE: '/d/ca-bundle.pem',
    CURL_CA_BUNDLE: '/d/ca-bundle.pem',
    REQUESTS_CA_BUNDLE: '/d/ca-bundle.pem',
    PIP_CERT: '/d/ca-bundle.pem',
    AWS_CA_BUNDLE: '/d/ca-bundle.pem',
    GIT_SSL_CAINFO: '/d/ca-bundle.pem',
    CARGO_HTTP_CAINFO: '/d/ca-bundle.pem',
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: '/d/ca-bundle.pem',
    npm_config_cafile: '/d/ca-bundle.pem',
    NODE_EXTRA_CA_CERTS: '/d/ca.pem',
    DENO_CERT: '/d/ca.pem',
  });
});

test('sets each variable once on Windows, where names have no case', () => {
  const names = Object.keys(runtimeVariables({ outbound, trust, current: {}, platform: 'win32' }));
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  expect(names).toContain('HTTPS_PROXY');
});

test.each([
  ['0.0.0.0', 'http://127.0.0.1:4140', '127.0.0.1'],
  ['::', 'http://[::1]:4140', '::1'],
  ['::1', 'http://[::1]:4140', '::1'],
  ['[::1]', 'http://[::1]:4140', '::1'],
])('names an address that a client can reach when bound to %s', (host, url, javaHost) => {
  const variables = runtimeVariables({ outbound: { host, port: 4140 }, trust, current: {}, platform: 'linux' });
  expect(variables['https_proxy']).toBe(url);
  expect(variables['JAVA_TOOL_OPTIONS']).toContain(`-Dhttps.proxyHost=${javaHost} `);
});

test('keeps the Java options that are there, and does not grow when applied to its own result', () => {
  const first = runtimeVariables({ outbound, trust, current: { JAVA_TOOL_OPTIONS: '-Xmx1g' }, platform: 'linux' });
  expect(first['JAVA_TOOL_OPTIONS']).toMatch(/^-Xmx1g -Dhttp\.proxyHost=/);
  expect(runtimeVariables({ outbound, trust, current: first, platform: 'linux' })).toEqual(first);
});

test('takes the bundle, which holds it, where a CA of the user was added already', () => {
  const variables = runtimeVariables({ outbound, trust, current: { NODE_EXTRA_CA_CERTS: '/corp.pem' }, platform: 'linux' });
  expect(variables['NODE_EXTRA_CA_CERTS']).toBe('/d/ca-bundle.pem');
  expect(variables['DENO_CERT']).toBe('/d/ca.pem');
});

test('overrides a NO_PROXY that would hide loopback', () => {
  const current = { NO_PROXY: 'localhost,127.0.0.1', no_proxy: 'localhost' };
  const variables = runtimeVariables({ outbound, trust, current, platform: 'linux' });
  expect(variables['NO_PROXY']).toBe('');
  expect(variables['no_proxy']).toBe('');
});
