import net from 'node:net';
import { domainToASCII } from 'node:url';

/** What a leaf certificate is made for. */
export type CertificateName = { readonly kind: 'dns' | 'ip'; readonly value: string };

/**
 * The name of leaves for clients that ask for something no certificate can hold. `.invalid` is reserved (RFC 6761 6.4), so such a leaf
 * vouches for nobody.
 */
export const fallbackName: CertificateName = { kind: 'dns', value: 'unnamed.sidetap.invalid' };

/** The names by which a program calls its own machine. */
const loopbackNames: readonly CertificateName[] = [
  { kind: 'dns', value: 'localhost' },
  { kind: 'ip', value: '127.0.0.1' },
  { kind: 'ip', value: '::1' },
];

/**
 * What a leaf vouches for: its one name. Only leaves for this machine hold all of its names, because clients that call an address, and Java for
 * `localhost` too, do not say which of them they asked for (RFC 6066 3 leaves addresses out of SNI).
 */
export function alternativeNames(name: CertificateName): readonly CertificateName[] {
  return loopbackNames.some((own) => own.value === name.value) ? loopbackNames : [name];
}

/** Characters of a whole DNS name without its last dot (RFC 1035 2.3.4: 255 octets on the wire). */
const dnsNameChars = 253;

/**
 * Letters, digits and hyphens (RFC 5890 2.3.1) and, because Docker Compose services and SRV-like names have them, underscores. No wildcard,
 * nothing a path or a shell could read differently.
 */
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * Turns what a client asked for (the SNI of its ClientHello, the host of its CONNECT) into a name for a leaf. The text is hostile: what
 * is neither an address nor a DNS name becomes `fallbackName`. Case, a last dot, brackets and an IPv6 zone do not matter.
 */
export function certificateName(asked: string): CertificateName {
  if (asked.length > 1024) return fallbackName; // no name is that long, so nothing is lost by not looking at it
  const bare = asked.startsWith('[') && asked.endsWith(']') ? asked.slice(1, -1) : asked;
  const address = bare.split('%', 1)[0] ?? '';
  if (net.isIPv6(address)) return { kind: 'ip', value: canonicalIPv6(address) };
  const value = plainName(bare);
  if (net.isIPv4(value)) return { kind: 'ip', value };
  return isDnsName(value) ? { kind: 'dns', value } : fallbackName;
}

/** In lower case and ASCII (punycode where it takes that), without a last dot; empty when there is no such form. */
function plainName(text: string): string {
  // domainToASCII leaves line feeds and tabs out as if they were not there.
  if (/[\s\p{Cc}]/u.test(text)) return '';
  const ascii = /^[\x21-\x7e]+$/.test(text) ? text.toLowerCase() : domainToASCII(text);
  return ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
}

function isDnsName(value: string): boolean {
  return value.length <= dnsNameChars && value.split('.').every((part) => label.test(part));
}

/** One text for each address, so that `::1` and `0:0:0:0:0:0:0:1` share a leaf (RFC 5952). */
function canonicalIPv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
