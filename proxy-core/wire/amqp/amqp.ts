import type { WireProtocol } from '../protocol.ts';
import { amqpCarrier } from './carried.ts';
import { createAmqpDecoder } from './decoder.ts';
import { detectAmqp } from './detect.ts';
import { readAmqp } from './read.ts';

/** AMQP 0-9-1, as RabbitMQ, LavinMQ and Qpid speak it. */
export const amqp: WireProtocol = {
  name: 'amqp',
  ports: [5672],
  detect: detectAmqp,
  createDecoder: createAmqpDecoder,
  read: readAmqp,
  carrier: amqpCarrier,
};
