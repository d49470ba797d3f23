import type { WireProtocol } from '../protocol.ts';
import { mqttCarrier } from './carried.ts';
import { createMqttDecoder } from './decoder.ts';
import { detectMqtt } from './detect.ts';
import { readMqtt } from './read.ts';

/** MQTT 3.1, 3.1.1 and 5.0. */
export const mqtt: WireProtocol = {
  name: 'mqtt',
  ports: [1883, 8883],
  detect: detectMqtt,
  createDecoder: createMqttDecoder,
  read: readMqtt,
  carrier: mqttCarrier,
};
