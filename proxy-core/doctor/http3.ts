import { udpTalkers } from '../capture/port-holder.ts';
import { type Finding, NAMED, ok, skipped, warning } from './check.ts';

/** Where HTTP/3 is spoken, as a rule (RFC 9114 3.1.1). */
const HTTP3_PORT = 443;

const ADVICE =
  'No proxy sees that. Open the browser from Sidetap ("sidetap open chromium"), which switches HTTP/3 off, or switch QUIC off in its settings.';

/** Whether something goes past any proxy because it speaks HTTP/3, which runs over UDP. */
export async function checkHttp3(port: number = HTTP3_PORT): Promise<Finding> {
  const talkers = await udpTalkers(port);
  if (talkers === null) return skipped(`This system does not tell which programs speak HTTP/3, over UDP. ${ADVICE}`);
  if (talkers.length === 0) return ok('No program of this machine speaks HTTP/3 now.');
  const more = talkers.length > NAMED ? ` and ${String(talkers.length - NAMED)} more` : '';
  return warning(`${talkers.slice(0, NAMED).join(', ')}${more}: UDP to port ${String(port)}, which is HTTP/3 as a rule. ${ADVICE}`);
}
