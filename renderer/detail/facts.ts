import { targetOf } from '../../proxy-core/rrpair/location.ts';
import { isOwnLocation, ownLocations, protocolFacts } from '../../proxy-core/rrpair/protocols.ts';
import type { Evidence, PairDetail } from '../../proxy-core/rrpair/shapes.ts';

/** Only what has a head can be sent again or written as a command. */
export function isHttp({ protocol }: Pick<PairDetail, 'protocol'>): boolean {
  return protocol === 'http' || protocol === 'https';
}

/** A command and its answer, of a protocol that has no heads. */
export function isDecoded({ protocol }: Pick<PairDetail, 'protocol'>): boolean {
  return protocolFacts(protocol).kind === 'decoded';
}

/** The whole address that was called; of other protocols, what the command was about. */
export function urlOf(detail: PairDetail): string {
  if (isDecoded(detail)) return detail.location;
  if (!isHttp(detail)) return detail.host;
  const target = targetOf(detail.location);
  if (/^https?:\/\//i.test(target)) return target;
  return `${detail.protocol}://${detail.host}${target.startsWith('/') ? '' : '/'}${target}`;
}

/** What the parts of a pair are called. */
export function titlesOf(detail: PairDetail): { location: string; command: string; request: string; response: string } {
  if (!isDecoded(detail)) return { location: 'URL', command: 'Method', request: 'Request body', response: 'Response body' };
  const { location } = protocolFacts(detail.protocol);
  return {
    location: isOwnLocation(location) ? ownLocations[location].title : 'Location',
    command: 'Command',
    request: 'Sent',
    response: 'Received',
  };
}

/** The words after the status code, as the server sent them. */
export function reasonPhrase(detail: PairDetail): string {
  return /^HTTP\/\S+ \d{3} (.+)$/.exec(detail.response?.startLine ?? '')?.[1] ?? '';
}

const ENTRIES: Readonly<Record<string, string>> = {
  reverse: 'Inbound port (reverse proxy)',
  'http-proxy': 'Outbound port (HTTP proxy)',
  connect: 'Outbound port (CONNECT tunnel)',
  socks4: 'Outbound port (SOCKS 4)',
  socks5: 'Outbound port (SOCKS 5)',
  transparent: 'Container mode (redirected in its network)',
  replay: 'Replay, straight to the server',
};

export function entryWords(entry: string): string {
  return ENTRIES[entry] ?? entry;
}

/** Technologies in the order told, each with all that speaks for it. */
export function technologiesOf(evidence: readonly Evidence[]): [technology: string, evidence: string[]][] {
  const found = new Map<string, Set<string>>();
  for (const entry of evidence) {
    const lines = found.get(entry.technology) ?? new Set();
    found.set(entry.technology, lines.add(entry.evidence));
  }
  return [...found].map(([technology, lines]) => [technology, [...lines]]);
}

/** Who called: by name where Docker has one for the address. */
export function clientWords({ clientName, clientAddress }: PairDetail['connection']): string {
  return clientName === '' ? clientAddress : `${clientName} (${clientAddress})`;
}

/** Where the other end of the same call was captured; `called` is that source's name for people. */
export function otherEndWords(direction: PairDetail['direction'], called: string): string {
  return direction === 'in' ? `Also captured arriving at ${called}` : `Also captured leaving ${called}`;
}
