/**
 * Every protocol that a pair may be of, as data: what the store, the filter, the window and the command need to know of each. How its bytes
 * are read stands in `wire/registry.ts`, under the same name.
 */

/** What the location of a protocol's pairs is. Each but `path` is a field of the filter, which finds pairs of those protocols only. */
export type LocationField = 'path' | OwnLocation;

export type OwnLocation = 'key' | 'sql' | 'topic' | 'mail' | 'dns' | 'collection';

export interface ProtocolFacts {
  /** Its name for people; where nothing tells more, the technology of its pairs. */
  title: string;
  /**
   * `http`: pairs have heads, from which everything is derived. `decoded`: the decoder says what the list shows, and the bodies are the bytes of
   * the command and of its answer. `connection`: one pair is a whole connection of which nothing was read.
   */
  kind: 'http' | 'decoded' | 'connection';
  location: LocationField;
}

export const protocols = {
  http: { title: 'HTTP', kind: 'http', location: 'path' },
  https: { title: 'HTTPS', kind: 'http', location: 'path' },
  redis: { title: 'Redis', kind: 'decoded', location: 'key' },
  postgresql: { title: 'PostgreSQL', kind: 'decoded', location: 'sql' },
  mysql: { title: 'MySQL', kind: 'decoded', location: 'sql' },
  memcached: { title: 'Memcached', kind: 'decoded', location: 'key' },
  mqtt: { title: 'MQTT', kind: 'decoded', location: 'topic' },
  nats: { title: 'NATS', kind: 'decoded', location: 'topic' },
  amqp: { title: 'AMQP', kind: 'decoded', location: 'topic' },
  kafka: { title: 'Kafka', kind: 'decoded', location: 'topic' },
  smtp: { title: 'SMTP', kind: 'decoded', location: 'mail' },
  dns: { title: 'DNS', kind: 'decoded', location: 'dns' },
  mongodb: { title: 'MongoDB', kind: 'decoded', location: 'collection' },
  tls: { title: 'TLS', kind: 'connection', location: 'path' },
  tcp: { title: 'TCP', kind: 'connection', location: 'path' },
} as const satisfies Readonly<Record<string, ProtocolFacts>>;

export type Protocol = keyof typeof protocols;

export const protocolNames = Object.keys(protocols) as Protocol[];

export function isProtocol(name: string): name is Protocol {
  return Object.hasOwn(protocols, name);
}

/** What is known of a protocol by its name, which may come from a file that somebody else wrote. */
export function protocolFacts(name: string): ProtocolFacts {
  return isProtocol(name) ? protocols[name] : protocols.tcp;
}

export interface LocationFacts {
  /** Its name in the detail. */
  title: string;
  /** For the filter: what it holds, and a condition as it may be typed. */
  description: string;
  example: string;
  /** It is a list, joined with blanks: `=` asks for one of them. */
  list: boolean;
}

/** The locations that are no path. Each is a field of the filter by its name here. */
export const ownLocations: Readonly<Record<OwnLocation, LocationFacts>> = {
  key: { title: 'Keys', description: 'Redis, Memcached: the keys or channels of the command', example: 'key:session', list: true },
  sql: { title: 'SQL', description: 'Databases: the text of the statement', example: 'sql:"from orders"', list: false },
  topic: { title: 'Topics', description: 'Messages: the topics, subjects, queues or groups', example: 'topic:orders', list: true },
  mail: {
    title: 'Addresses',
    description: 'Mail: the addresses of its sender and its recipients',
    example: 'mail:ada@',
    list: true,
  },
  dns: {
    title: 'Name',
    description: 'DNS: the name that is asked for, and the type of its records',
    example: 'dns:example.com',
    list: true,
  },
  collection: {
    title: 'Collection',
    description: 'MongoDB: database and collection',
    example: 'collection:shop.orders',
    list: false,
  },
};

export const ownLocationNames = Object.keys(ownLocations) as OwnLocation[];

export function isOwnLocation(name: string): name is OwnLocation {
  return Object.hasOwn(ownLocations, name);
}

/** What a pair without an HTTP request is, for a sentence that refuses to make one of it. */
export function pairWords(protocol: string): string {
  const { kind, title } = protocolFacts(protocol);
  return kind === 'decoded' ? `a command of ${title}` : 'a connection';
}

/** The protocols whose locations are that. */
export function protocolsWithLocation(field: LocationField): Protocol[] {
  return protocolNames.filter((name) => protocols[name].location === field);
}
