import type { WireProtocol } from '../protocol.ts';
import { createMongodbDecoder } from './decoder.ts';
import { detectMongodb } from './detect.ts';
import { readMongodb } from './read.ts';

/** MongoDB and what speaks like it (DocumentDB, FerretDB, Cosmos DB). */
export const mongodb: WireProtocol = {
  name: 'mongodb',
  ports: [27_017],
  detect: detectMongodb,
  createDecoder: createMongodbDecoder,
  read: readMongodb,
};
