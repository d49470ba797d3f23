import type { Evidence, PairDetail } from '../../proxy-core/rrpair/shapes.ts';

/** The whole address that was called. */
export function urlOf(detail: PairDetail): string {
  if (detail.protocol !== 'http' && detail.protocol !== 'https') return detail.host;
  if (/^https?:\/\//i.test(detail.location)) return detail.location;
  return `${detail.protocol}://${detail.host}${detail.location.startsWith('/') ? '' : '/'}${detail.location}`;
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
  transparent: 'Redirected traffic',
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
