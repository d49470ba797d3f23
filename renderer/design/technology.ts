export type Hue = 'amber' | 'blue' | 'green' | 'violet' | 'rose' | 'teal' | 'grey';

/** A drawing of `assets/technologies`: what kind of thing a technology is. No vendor's own sign. */
export type Drawing =
  | 'braces'
  | 'broker'
  | 'cache'
  | 'call'
  | 'cloud'
  | 'database'
  | 'documents'
  | 'events'
  | 'fields'
  | 'form'
  | 'globe'
  | 'graph'
  | 'image'
  | 'key'
  | 'lock'
  | 'mail'
  | 'markup'
  | 'media'
  | 'messages'
  | 'model'
  | 'package'
  | 'plug'
  | 'queue'
  | 'script'
  | 'server'
  | 'signal'
  | 'signpost'
  | 'style'
  | 'table'
  | 'text';

const drawings: Readonly<Record<Drawing, string>> = {
  braces: 'json, json lines, messagepack, cbor, json-rpc',
  broker: 'kafka, nats, redpanda',
  cache: 'redis, valkey, memcached, keydb, dragonfly',
  call: 'grpc, grpc-web, connect, soap, trpc, thrift, twirp',
  cloud: 'cloudflare, google apis, azure, kubernetes, docker, fastly',
  database: 'postgresql, mysql, mariadb, tidb, vitess, oceanbase, cockroachdb, clickhouse, influxdb',
  documents: 'mongodb, elasticsearch, opensearch, couchdb, pdf',
  events: 'server-sent events, metrics',
  fields: 'protobuf',
  form: 'form, multipart',
  globe: 'http, https, http/2, dns over https',
  graph: 'graphql',
  image: 'image, svg',
  key: 'jwt, api key, oauth 2.0, bearer token, saml, session cookie, vault',
  lock: 'tls',
  mail: 'smtp, lmtp, sendgrid, mailgun, postmark, resend',
  markup: 'html, xml',
  media: 'video, audio',
  messages: 'websocket, socket.io, signalr, graphql-ws',
  model:
    'openai, anthropic, gemini, mistral, azure openai, openrouter, groq, together, deepseek, cohere, xai, perplexity, hugging face, ollama',
  package: 'zip, gzip file, binary, webassembly, font',
  plug: 'tcp',
  queue: 'amqp, rabbitmq',
  script: 'javascript',
  server: 'nginx, apache, express, node.js, caddy, envoy, openresty, django, flask, fastapi, rails, spring, php, asp.net, varnish',
  signal: 'mqtt',
  signpost: 'dns',
  style: 'css',
  table: 'csv',
  text: 'text',
};

const hues: Readonly<Record<Hue, string>> = {
  amber: 'json, javascript',
  blue: 'html, css, postgresql',
  green: 'form, multipart, websocket, server-sent events',
  violet: 'image',
  rose: 'graphql, redis',
  teal: 'xml, grpc, protobuf, mysql, mariadb',
  grey: 'http, https, tls, tcp, text',
};

const drawingOf = byName(drawings);
const hueOf = byName(hues);
const colours = Object.keys(hues).filter((hue) => hue !== 'grey') as Hue[];

/** A technology keeps its colour everywhere and always, also one that is not in the table. */
export function technologyHue(name: string): Hue {
  const key = name.toLowerCase();
  const known = hueOf.get(key);
  if (known !== undefined) return known;
  let hash = 0;
  for (const character of key) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return colours[hash % colours.length] ?? 'grey';
}

/** What kind of thing it is, as far as that is known; its version says nothing of that. */
export function technologyDrawing(name: string): Drawing | null {
  const key = name.toLowerCase();
  if (key.startsWith('aws') || key.startsWith('amazon')) return 'cloud';
  return drawingOf.get(key) ?? drawingOf.get(key.replace(/[ /]v?\d[\w.-]*$/, '')) ?? null;
}

function byName<T extends string>(names: Readonly<Record<T, string>>): ReadonlyMap<string, T> {
  const pairs = Object.entries<string>(names) as [T, string][];
  return new Map(pairs.flatMap(([value, list]) => list.split(', ').map((name) => [name, value])));
}
