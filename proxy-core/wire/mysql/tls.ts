import type { WayToTls } from '../decoder.ts';
import { ANSWER_BYTES } from './detect.ts';
import { capabilities } from './packets.ts';

/** Where the ClientHello of a client begins that answers the greeting with a request for TLS: a packet of nothing but the fixed part. */
export function tlsPlace(bytes: Buffer): number | 'no' | 'more' {
  if (bytes.length < 4) return 'more';
  if (bytes.readUIntLE(0, 3) !== ANSWER_BYTES || bytes[3] !== 1) return 'no';
  if (bytes.length < 4 + ANSWER_BYTES) return 'more';
  return (bytes.readUInt32LE(4) & capabilities.tls) === 0 ? 'no' : 4 + ANSWER_BYTES;
}

/** The greeting is a challenge, of which the proof inside of TLS is made. */
export const wayToTls: WayToTls = {
  steps: [
    {
      say: Buffer.alloc(0),
      heard: (bytes) => {
        if (bytes.length < 5) return 'more';
        const length = 4 + bytes.readUIntLE(0, 3);
        if (bytes[4] !== 0x0a) return 'no';
        return bytes.length < length ? 'more' : length;
      },
    },
    { say: sslRequest(), heard: () => 0 },
  ],
  replaces: false,
};

/** SSLRequest: what the client can, the longest packet it takes, and its character set (utf8). */
function sslRequest(): Buffer {
  const { protocol41, tls, secureConnection, pluginAuth } = capabilities;
  const bytes = Buffer.alloc(4 + ANSWER_BYTES);
  bytes.writeUIntLE(ANSWER_BYTES, 0, 3);
  bytes[3] = 1;
  bytes.writeUInt32LE(protocol41 | tls | secureConnection | pluginAuth, 4);
  bytes.writeUInt32LE(1 << 24, 8);
  bytes[12] = 33;
  return bytes;
}
