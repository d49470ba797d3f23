import type { WireProtocol } from '../protocol.ts';
import { kafkaCarrier } from './carried.ts';
import { createKafkaDecoder } from './decoder.ts';
import { detectKafka } from './detect.ts';
import { readKafka } from './read.ts';

/** Kafka and what speaks like it (Redpanda, WarpStream, Event Hubs). */
export const kafka: WireProtocol = {
  name: 'kafka',
  ports: [9092],
  detect: detectKafka,
  createDecoder: createKafkaDecoder,
  read: readKafka,
  carrier: kafkaCarrier,
};
