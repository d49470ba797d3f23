import type { WireProtocol } from '../protocol.ts';
import { createDnsDecoder } from './decoder.ts';
import { detectDns } from './detect.ts';
import { readDns } from './read.ts';

/** DNS over TCP; inside of TLS that is DoT. */
export const dns: WireProtocol = {
  name: 'dns',
  ports: [53, 853, 5353],
  detect: detectDns,
  createDecoder: createDnsDecoder,
  read: readDns,
};
