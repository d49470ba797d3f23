import type { WireProtocol } from '../protocol.ts';
import { createSmtpDecoder } from './decoder.ts';
import { detectSmtp } from './detect.ts';
import { readSmtp } from './read.ts';

/** SMTP and LMTP. */
export const smtp: WireProtocol = {
  name: 'smtp',
  ports: [25, 587, 2525, 1025, 465],
  detect: detectSmtp,
  createDecoder: createSmtpDecoder,
  read: readSmtp,
};
