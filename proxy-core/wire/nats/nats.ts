import type { WireProtocol } from '../protocol.ts';
import { natsCarrier } from './carried.ts';
import { createNatsDecoder } from './decoder.ts';
import { detectNats } from './detect.ts';
import { readNats } from './read.ts';

/** NATS: the protocol of its clients. */
export const nats: WireProtocol = {
  name: 'nats',
  ports: [4222],
  detect: detectNats,
  createDecoder: createNatsDecoder,
  read: readNats,
  carrier: natsCarrier,
};
