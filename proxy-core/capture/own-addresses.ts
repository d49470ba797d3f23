import { BlockList, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** An address that one of our listeners is bound to. */
export interface BoundAddress {
  host: string;
  port: number;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Tells whether a connection to `address` and `port` ends at one of the listeners. */
export function isOwnListener(listeners: readonly BoundAddress[], address: string, port: number): boolean {
  const asked = plainAddress(address);
  return listeners.some((own) => {
    if (own.port !== port) return false;
    const bound = plainAddress(own.host);
    // Systems connect a client that names the unspecified address to themselves.
    if (isUnspecified(asked)) return isUnspecified(bound) || isLoopback(bound);
    if (bound === '0.0.0.0') return !isIPv6(asked) && isLocalAddress(asked);
    if (bound === '::') return isLocalAddress(asked);
    return bound === asked;
  });
}

/** An address of this machine. */
export function isLocalAddress(address: string): boolean {
  const plain = plainAddress(address);
  if (isLoopback(plain)) return true;
  return Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === plain));
}

function isLoopback(address: string): boolean {
  return loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The name of this machine that a client which named none has most likely asked for: the address that it reached. */
export function reachedName(localAddress: string | undefined): string {
  const address = plainAddress(localAddress ?? '');
  return address === '' || isLoopback(address) ? 'localhost' : address;
}

/** It stands for all addresses of a machine. */
export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** Without a zone, and an IPv4 address in IPv6's clothes as what it is. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '');
  return bare.toLowerCase().startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare;
}
