import type { WireProtocol } from '../protocol.ts';
import { createRedisDecoder } from './decoder.ts';
import { detectRedis } from './detect.ts';
import { readRedis } from './read.ts';

/** Redis and what speaks like it (Valkey, KeyDB, Dragonfly): RESP2 and RESP3. */
export const redis: WireProtocol = {
  name: 'redis',
  ports: [6379, 26379],
  detect: detectRedis,
  createDecoder: createRedisDecoder,
  read: readRedis,
};
