import type { Socket } from 'node:net';
import { descriptorOf } from '../capture/descriptor.ts';
import type { BoundAddress } from '../capture/own-addresses.ts';
import { loadKoffi } from '../koffi.ts';

/** linux/in.h, linux/in6.h, linux/netfilter_ipv4.h, linux/netfilter_ipv6/ip6_tables.h */
const SOL_IP = 0;
const SOL_IPV6 = 41;
const SO_ORIGINAL_DST = 80;
const IP6T_SO_ORIGINAL_DST = 80;
/** Bytes of a sockaddr_in and of a sockaddr_in6. */
const SOCKADDR_IN = 16;
const SOCKADDR_IN6 = 28;

type GetSockOpt = (fd: number, level: number, name: number, value: Uint8Array, length: Uint32Array) => number;

/**
 * Asks the kernel where redirected connections were going. It keeps that with the connection's NAT, and Node has no way to ask.
 *
 * Rejects when the C library cannot be called.
 */
export async function openOriginalDestination(): Promise<(socket: Socket) => BoundAddress | null> {
  const getsockopt = (await loadKoffi())
    .load('libc.so.6')
    .func('int getsockopt(int, int, int, void *, void *)') as unknown as GetSockOpt;
  const address = Buffer.alloc(SOCKADDR_IN6);
  const length = new Uint32Array(1);
  return (socket) => {
    const fd = descriptorOf(socket);
    if (fd < 0) return null;
    const six = socket.remoteFamily === 'IPv6';
    length[0] = six ? SOCKADDR_IN6 : SOCKADDR_IN;
    const level = six ? SOL_IPV6 : SOL_IP;
    const failed = getsockopt(fd, level, six ? IP6T_SO_ORIGINAL_DST : SO_ORIGINAL_DST, address, length);
    return failed === 0 ? readSockAddr(address, six) : null;
  };
}

/** Reads what the kernel fills in: the port and the address are in network byte order. */
export function readSockAddr(bytes: Buffer, six: boolean): BoundAddress {
  const port = bytes.readUInt16BE(2);
  if (!six) return { host: bytes.subarray(4, 8).join('.'), port };
  const groups: string[] = [];
  for (let at = 8; at < 24; at += 2) groups.push(bytes.readUInt16BE(at).toString(16));
  // In the form in which the system itself writes addresses (RFC 5952), so that texts can be compared.
  return { host: new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1), port };
}
