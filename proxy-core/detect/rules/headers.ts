import type { Evidence } from '../../rrpair/shapes.ts';
import { authRules } from './auth.ts';

/**
 * Technologies that a header field gives away. To add one: name the field (lower case), what its value must look like, and what the
 * technology is called; a first capture group in the pattern is taken as the version.
 */
export interface HeaderRule {
  technology: string;
  kind: Evidence['kind'];
  in: 'request' | 'response';
  header: string;
  value: RegExp;
}

const server = (technology: string, value: RegExp): HeaderRule => ({
  technology,
  kind: 'server',
  in: 'response',
  header: 'server',
  value,
});
const powered = (technology: string, value: RegExp): HeaderRule => ({
  technology,
  kind: 'framework',
  in: 'response',
  header: 'x-powered-by',
  value,
});
const present = (technology: string, kind: Evidence['kind'], side: HeaderRule['in'], header: string): HeaderRule => ({
  technology,
  kind,
  in: side,
  header,
  value: /(?:)/,
});
const setsCookie = (technology: string, name: string): HeaderRule => ({
  technology,
  kind: 'framework',
  in: 'response',
  header: 'set-cookie',
  value: new RegExp(`^${name}=`),
});
const sendsCookie = (technology: string, name: string): HeaderRule => ({
  technology,
  kind: 'framework',
  in: 'request',
  header: 'cookie',
  value: new RegExp(`(?:^|; ?)${name}=`),
});
const cookie = (technology: string, name: string): HeaderRule[] => [setsCookie(technology, name), sendsCookie(technology, name)];

/** What is spoken inside of a WebSocket, as the server agreed to it (RFC 6455 4.2.2). */
const subprotocol = (technology: string, value: RegExp): HeaderRule[] => [
  { technology, kind: 'protocol', in: 'response', header: 'sec-websocket-protocol', value },
];

export const headerRules: readonly HeaderRule[] = [
  server('nginx', /^nginx(?:\/([\d.]+))?/i),
  server('OpenResty', /^openresty(?:\/([\d.]+))?/i),
  server('Apache', /^Apache(?:\/([\d.]+))?/),
  server('IIS', /^Microsoft-IIS(?:\/([\d.]+))?/),
  server('Caddy', /^Caddy/),
  server('Envoy', /^envoy/),
  server('Istio', /^istio-envoy/),
  server('Cloudflare', /^cloudflare/),
  server('Kestrel', /^Kestrel/),
  server('Jetty', /^Jetty(?:\((\d[\w.]*)\))?/),
  server('Tomcat', /^Apache-Coyote/),
  server('Gunicorn', /^gunicorn(?:\/([\d.]+))?/),
  server('Uvicorn', /^uvicorn/),
  server('Hypercorn', /^hypercorn/),
  server('Werkzeug', /^Werkzeug\/([\d.]+)/),
  server('Python http.server', /^(?:SimpleHTTP|BaseHTTP)\/([\d.]+)/),
  server('aiohttp', /aiohttp\/([\d.]+)/),
  server('Tornado', /^TornadoServer\/([\d.]+)/),
  server('Puma', /^puma/i),
  server('Cowboy', /^Cowboy/),
  server('LiteSpeed', /^LiteSpeed/),
  server('Amazon S3', /^AmazonS3/),
  server('Google Frontend', /^(?:gws|ESF|GSE|Google Frontend)/),
  server('GitHub', /^(?:GitHub\.com|github\.com)$/),
  server('Vercel', /^Vercel/),
  server('Netlify', /^Netlify/),

  powered('Express', /^Express/),
  powered('PHP', /^PHP(?:\/([\d.]+))?/),
  powered('ASP.NET', /^ASP\.NET/),
  powered('Next.js', /^Next\.js(?: ([\d.]+))?/),
  powered('Nuxt', /^Nuxt/),
  powered('Servlet', /^Servlet(?:\/([\d.]+))?/),
  powered('Phusion Passenger', /^Phusion Passenger/),

  present('ASP.NET', 'framework', 'response', 'x-aspnet-version'),
  present('ASP.NET MVC', 'framework', 'response', 'x-aspnetmvc-version'),
  present('Rails', 'framework', 'response', 'x-rails-version'),
  { technology: 'Ruby', kind: 'framework', in: 'response', header: 'x-runtime', value: /^\d+\.\d+$/ },
  { technology: 'Spring', kind: 'framework', in: 'response', header: 'x-application-context', value: /./ },
  { technology: 'Drupal', kind: 'framework', in: 'response', header: 'x-generator', value: /^Drupal(?: (\d+))?/ },
  present('Envoy', 'server', 'response', 'x-envoy-upstream-service-time'),
  present('Cloudflare', 'server', 'response', 'cf-ray'),
  present('Vercel', 'server', 'response', 'x-vercel-id'),
  present('CloudFront', 'server', 'response', 'x-amz-cf-id'),
  { technology: 'Varnish', kind: 'server', in: 'response', header: 'via', value: /\bvarnish\b/i },
  { technology: 'Fastly', kind: 'server', in: 'response', header: 'x-served-by', value: /^cache-/ },
  present('AWS', 'vendor', 'response', 'x-amzn-requestid'),
  present('Amazon S3', 'vendor', 'response', 'x-amz-id-2'),
  present('GitHub', 'vendor', 'response', 'x-github-request-id'),
  present('OpenAI', 'vendor', 'response', 'openai-processing-ms'),
  present('Anthropic', 'vendor', 'request', 'anthropic-version'),
  present('Stripe', 'vendor', 'request', 'stripe-version'),
  { technology: 'Twilio', kind: 'vendor', in: 'response', header: 'twilio-request-id', value: /./ },
  present('Slack', 'vendor', 'response', 'x-slack-req-id'),

  ...cookie('PHP', 'PHPSESSID'),
  ...cookie('Java Servlet', 'JSESSIONID'),
  ...cookie('Express', 'connect\\.sid'),
  ...cookie('ASP.NET', 'ASP\\.NET_SessionId'),
  ...cookie('ASP.NET Core', '\\.AspNetCore\\.[\\w.]+'),
  ...cookie('Django', 'csrftoken'),
  ...cookie('Laravel', 'laravel_session'),
  ...cookie('Rails', '_[a-z0-9_]+_session'),
  ...cookie('WordPress', 'wordpress_logged_in_[0-9a-f]+'),

  ...subprotocol('GraphQL', /\bgraphql-(?:transport-)?ws\b/),
  ...subprotocol('MQTT', /\bmqtt(?:v3\.1)?\b/),
  ...subprotocol('STOMP', /\bv1[012]\.stomp\b/),
  ...subprotocol('WAMP', /\bwamp\.2\b/),
  ...subprotocol('OCPP', /\bocpp[12]\.\d/),
  ...subprotocol('Vite', /\bvite-hmr\b/),
  ...subprotocol('Kubernetes', /\.k8s\.io\b/),

  ...authRules,

  { technology: 'gzip', kind: 'transport', in: 'response', header: 'content-encoding', value: /\bgzip\b/i },
  { technology: 'Brotli', kind: 'transport', in: 'response', header: 'content-encoding', value: /\bbr\b/i },
  { technology: 'zstd', kind: 'transport', in: 'response', header: 'content-encoding', value: /\bzstd\b/i },
  { technology: 'deflate', kind: 'transport', in: 'response', header: 'content-encoding', value: /\bdeflate\b/i },
];
