import type { WireProtocol } from '../protocol.ts';
import { createPostgresqlDecoder } from './decoder.ts';
import { detectPostgresql } from './detect.ts';
import { readPostgresql } from './read.ts';

/** PostgreSQL and what speaks like it (CockroachDB, PgBouncer, Redshift): version 3 of its protocol. */
export const postgresql: WireProtocol = {
  name: 'postgresql',
  ports: [5432, 6432, 26257],
  detect: detectPostgresql,
  createDecoder: createPostgresqlDecoder,
  read: readPostgresql,
};
