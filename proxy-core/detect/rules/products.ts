/** Servers that speak a protocol of another's name, as decoders name them (`SpokenFacts.server` begins so). Each is a technology of its own, beside that of the protocol. */
export const products: ReadonlySet<string> = new Set(['MariaDB', 'TiDB', 'Vitess', 'OceanBase', 'Valkey']);
