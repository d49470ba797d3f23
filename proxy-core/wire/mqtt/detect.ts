import type { FirstWords, Verdict } from '../protocol.ts';

/** Protocol names with the versions that follow them (MQTT 3.1, 3.1.1 and 5.0, section 3.1.2). */
const names = [
  { name: Buffer.from('\0\u0004MQTT', 'latin1'), versions: [4, 5] },
  { name: Buffer.from('\0\u0006MQIsdp', 'latin1'), versions: [3] },
] as const;

/** A client begins with CONNECT, which names the protocol. */
export function detectMqtt({ client, spokeFirst }: FirstWords): Verdict {
  if (spokeFirst === 'server' || client[0] !== 0x10) return 'no';
  let at = 1;
  while (at < 5 && at < client.length && ((client[at] as number) & 0x80) !== 0) at += 1;
  if (at === 5) return 'no';
  const rest = client.subarray(at + 1);
  let verdict: Verdict = 'no';
  for (const { name, versions } of names) {
    if (!name.subarray(0, rest.length).equals(rest.subarray(0, name.length))) continue;
    const version = rest[name.length];
    if (version === undefined) verdict = 'more';
    else if ((versions as readonly number[]).includes(version & 0x7f)) return 'yes';
  }
  return verdict;
}
